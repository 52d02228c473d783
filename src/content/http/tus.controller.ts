import { Controller, Delete, Get, Head, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  type ApiHeaderOptions,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AddsContent,
  type Caller,
  CurrentUser,
  DealCaps,
  Owned,
  RequireScope,
  UserPreferences,
} from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { InvalidInput, parseInput, RawBody } from '../../platform/http/index.js';
import type { PartialUpload, PartialUploadOptions } from '../domain/partial-upload.js';
import { parseUploadPath } from '../domain/upload-path.js';
import { FinishUpload } from '../verbs/finish-upload.js';
import { PartialUploads } from '../verbs/partial-uploads.js';
import { optionsOf, uploadFields } from './content.dto.js';
import { presentFinished } from './content.presenter.js';
import { assertTus, bytesIn, checksumIn, concatIn, metadataIn, OFFSET_TYPE, TUS_VERSION } from './tus-headers.js';
import { bodySource } from './upload-body.js';

const VERSION: ApiHeaderOptions = { name: 'Tus-Resumable', required: true, schema: { enum: [TUS_VERSION] } };

/** Uploads that go on where they broke off: tus 1.0 (https://tus.io/protocols/resumable-upload). */
@ApiTags('content')
@ApiBearerAuth()
@RequireScope('upload')
@Controller('content/tus')
export class TusController {
  constructor(
    private readonly uploads: PartialUploads,
    private readonly finishUpload: FinishUpload,
    private readonly dealCaps: DealCaps,
    private readonly preferences: UserPreferences,
    private readonly config: AppConfig,
  ) {}

  /**
   * Begins an upload, or makes one of parts that are complete. A body may bring its first bytes.
   * @throws TusVersionRefused, InvalidInput, ContentTooLarge, QuotaExceeded, DealTermsAboveCap, DealBudgetExceeded, ...
   */
  @Post()
  @AddsContent()
  @HttpCode(201)
  @RawBody()
  @ApiOperation({
    summary: 'Begin a resumable upload (tus 1.0)',
    description:
      'Bytes go to the address in `Location`, by PATCH, in as many requests as it takes. `Upload-Metadata`: filename, path, ' +
      'profile, replication, duration, verified, maxPrice, ignore-dupes. Parts in parallel: `Upload-Concat`.',
  })
  @ApiHeader(VERSION)
  @ApiHeader({ name: 'Upload-Length', required: false, description: 'bytes; not for `Upload-Concat: final`' })
  @ApiHeader({ name: 'Upload-Metadata', required: false })
  @ApiHeader({ name: 'Upload-Concat', required: false })
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() caller: Caller,
  ): Promise<void> {
    begin(request, reply);
    const { text: metadata, fields } = metadataIn(request);
    const said = readOptions(fields);
    const options = { ...said, terms: (await this.preferences.termsFor(caller))(said.terms) };
    const concat = concatIn(request);
    const about = { userId: caller.userId, metadata, options };
    if (concat !== null && concat !== 'partial') {
      await this.assertAllowed(caller, options, 0);
      const final = await this.uploads.concatenate(concat, about);
      await this.answer(reply.header('location', `/content/tus/${final.id}`), final);
      return;
    }
    if (request.headers['upload-defer-length'] !== undefined)
      throw new InvalidInput('upload-defer-length: the length has to be known when an upload begins');
    const length = bytesIn(request, 'upload-length');
    await this.assertAllowed(caller, options, length);
    const upload = await this.uploads.create({ ...about, kind: concat ?? 'single', length });
    void reply.header('location', `/content/tus/${upload.id}`);
    const filled = isOffsetType(request) ? await this.append(request, upload.id, 0) : upload;
    await this.answer(reply, filled);
  }

  /** Where the upload goes on. Ends a request that still brings bytes to it. @throws PartialUploadNotFound */
  @Head(':id')
  @HttpCode(200)
  @Owned('upload', 'id')
  @ApiOperation({ summary: 'How much of a resumable upload is here' })
  @ApiHeader(VERSION)
  async look(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    begin(request, reply);
    const upload = await this.uploads.look(id);
    void reply.header('cache-control', 'no-store').header('upload-length', String(upload.length));
    if (upload.metadata !== null) void reply.header('upload-metadata', upload.metadata);
    if (upload.kind === 'partial') void reply.header('upload-concat', 'partial');
    if (upload.kind === 'final')
      void reply.header('upload-concat', `final;${upload.parts.map((part) => `/content/tus/${part}`).join(' ')}`);
    describe(reply, upload);
    if (upload.contentId !== null && upload.cid !== null) describeContent(reply, upload.contentId, upload.cid);
  }

  /**
   * Takes bytes; answers when they are durable, and with the last ones when they are a content.
   * @throws UploadOffsetConflict, UploadTooLong, UploadChecksumMismatch, PartialUploadNotFound, PartialUploadGone, ...
   */
  @Patch(':id')
  @HttpCode(204)
  @RawBody()
  @Owned('upload', 'id')
  @ApiOperation({
    summary: 'Bytes of a resumable upload',
    description:
      'With the last of them the answer has `Upload-Content-Id` and `Upload-Content-Cid`: the CID that the same file has in one go.',
  })
  @ApiConsumes(OFFSET_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiHeader(VERSION)
  @ApiHeader({ name: 'Upload-Offset', required: true })
  @ApiHeader({ name: 'Upload-Checksum', required: false })
  async patch(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    begin(request, reply);
    if (!isOffsetType(request))
      throw new InvalidInput(`content-type: ${OFFSET_TYPE} is expected`, { details: { fields: ['content-type'] } });
    await this.answer(reply, await this.append(request, id, bytesIn(request, 'upload-offset')));
  }

  /** A content that the upload became stays. @throws PartialUploadNotFound */
  @Delete(':id')
  @HttpCode(204)
  @Owned('upload', 'id')
  @ApiOperation({ summary: 'Give up a resumable upload' })
  @ApiHeader(VERSION)
  async terminate(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    begin(request, reply);
    await this.uploads.terminate(id);
  }

  /** Made now where all bytes are here and it is not yet. @throws UploadIncomplete, PartialUploadNotFound */
  @Get(':id/content')
  @Owned('upload', 'id')
  @ApiOperation({ summary: 'The content that a resumable upload became' })
  async content(@Param('id') id: string) {
    return presentFinished(await this.finishUpload.run(id), this.config.publicUrl);
  }

  private async append(request: FastifyRequest, id: string, offset: number): Promise<PartialUpload> {
    const announced = Number(request.headers['content-length']);
    return this.uploads.append(id, {
      offset,
      source: bodySource(request.raw),
      length: Number.isSafeInteger(announced) ? announced : undefined,
      checksum: checksumIn(request),
      hurry: () => request.raw.destroy(),
    });
  }

  /** The last byte is answered when the upload is a content. */
  private async answer(reply: FastifyReply, upload: PartialUpload): Promise<void> {
    describe(reply, upload);
    if (upload.kind === 'partial' || upload.offset < upload.length) return;
    const { contentId, cid } = await this.finishUpload.run(upload.id);
    describeContent(reply, contentId, cid);
  }

  /** Before a byte of the body is read. @throws DealTermsAboveCap, DealBudgetExceeded */
  private async assertAllowed(caller: Caller, { terms }: PartialUploadOptions, bytes: number): Promise<void> {
    const caps = await this.dealCaps.of(caller);
    caps.assertAllowed(terms);
    await caps.assertAffordable(terms, bytes);
  }
}

/** @throws TusVersionRefused */
function begin(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('tus-resumable', TUS_VERSION);
  assertTus(request);
}

function describe(reply: FastifyReply, { offset, state, expiresAt }: PartialUpload): void {
  void reply.header('upload-offset', String(offset));
  if (state === 'receiving') void reply.header('upload-expires', expiresAt.toUTCString());
}

function describeContent(reply: FastifyReply, contentId: string, cid: string): void {
  void reply.header('upload-content-id', contentId).header('upload-content-cid', cid);
}

function isOffsetType({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === OFFSET_TYPE;
}

/** What `Upload-Metadata` asks for; keys that are not known here are the client's own. @throws InvalidInput, PathInvalid */
function readOptions(fields: Record<string, string>): PartialUploadOptions {
  const input = parseInput(uploadFields, fields);
  const { path } = fields;
  if (path !== undefined) parseUploadPath(path);
  const said = optionsOf(input);
  return { ...said, name: said.name ?? path, profile: input.profile };
}

import { Controller, HttpCode, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AddsContent, CurrentUser, UserPreferences, RequireScope, type Caller } from '../../accounts/index.js';
import { InvalidInput, parseInput, RawBody } from '../../platform/http/index.js';
import { ContentRangeRefused, EmptyBody } from '../domain/content.errors.js';
import type { ProfileName } from '../domain/file-dag.js';
import type { FolderOptions, UploadOptions } from '../domain/upload.js';
import { AddCar } from '../verbs/add-car.js';
import { AddFile } from '../verbs/add-file.js';
import { AddFolder } from '../verbs/add-folder.js';
import { Collections, type UploadPlace } from '../verbs/collections.js';
import { bodyQuery, optionsOf, uploadFields, uploadQuery, type PlaceQuery } from './content.dto.js';
import { UploadAnswers } from './upload-answers.js';
import { bodySource } from './upload-body.js';
import { readUploadForm } from './upload-form.js';

const DEFAULT_PROFILE = 'unixfs-v1-2025';

/** Bytes come in. */
@ApiTags('content')
@ApiBearerAuth()
@RequireScope('upload')
@AddsContent()
@Controller()
export class UploadsController {
  constructor(
    private readonly addFile: AddFile,
    private readonly addFolder: AddFolder,
    private readonly addCar: AddCar,
    private readonly preferences: UserPreferences,
    private readonly collections: Collections,
    private readonly answers: UploadAnswers,
  ) {}

  /**
   * Estuary's `POST /content/add`. Streams: files are stored as they come in, and fields that follow them are read at
   * the end. Several files, or one whose filename is a path, are a directory under one root. Where query and form
   * differ the query counts. Deal terms are judged before the body where the query has them, and again when the form is complete.
   * @throws InvalidInput, ContentRangeRefused, DealTermsAboveCap, DealBudgetExceeded, CollectionNotFound, and what
   * `AddFolder` throws; then nothing is stored. ContentInCollection: it is stored, and not in the collection
   */
  @Post(['content/add', 'put'])
  @HttpCode(200)
  @RawBody()
  @ApiOperation({
    summary: 'Upload a file, or a folder, as a form',
    description:
      'The file in the field `data`; several of them, each with its relative path as filename (`folder/a/b.txt`), are a ' +
      'directory with one CID: the one that `ipfs add -r folder` gives. Empty folders: fields `dir`. Other fields and the ' +
      'query: filename, profile, replication, duration, verified, maxPrice, ignore-dupes, wrap-with-directory. ' +
      'Answers when the bytes are durable.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        data: { type: 'array', items: { type: 'string', format: 'binary' } },
        filename: { type: 'string' },
        dir: { type: 'array', items: { type: 'string' }, description: 'paths of empty folders' },
        replication: { type: 'integer', minimum: 1 },
      },
      required: ['data'],
    },
  })
  @ApiQuery({ name: 'coluuid', required: false, description: 'a collection to put it into' })
  @ApiQuery({ name: 'dir', required: false, description: 'with coluuid: the folder of the collection' })
  @ApiQuery({ name: 'overwrite', required: false, schema: { type: 'boolean' } })
  @ApiQuery({ name: 'profile', required: false, enum: ['unixfs-v1-2025', 'unixfs-v0-2015'] })
  async addForm(@Req() request: FastifyRequest, @Query() query: unknown, @CurrentUser() caller: Caller) {
    const early = parseInput(uploadQuery, query);
    assertWhole(request);
    const place = await this.placeOf(caller, early);
    const { caps, termsOf } = await this.preferences.ofUploads(caller);
    caps.assertAllowed(optionsOf(early).terms);
    await caps.assertAffordable(termsOf(optionsOf(early).terms), lengthOf(request) ?? 0);
    const form = readUploadForm(request.raw, this.addFolder.entriesLimit);
    let chosen: ProfileName | undefined;
    const profile = (): ProfileName =>
      (chosen ??= early.profile ?? parseInput(uploadFields, form.fields).profile ?? DEFAULT_PROFILE);
    const options = (): FolderOptions => {
      const late = parseInput(uploadFields, form.fields);
      if (late.profile !== undefined && late.profile !== chosen)
        throw new InvalidInput('profile: has to come before the file');
      const said = { ...late, ...early };
      const { terms, ...rest } = optionsOf(said);
      caps.assertAllowed(terms);
      return { ...rest, terms: termsOf(terms), wrap: said['wrap-with-directory'] };
    };
    const upload = await this.addFolder.run({
      userId: caller.userId,
      files: form.files,
      directories: () => form.directories,
      profile,
      options,
    });
    if (place) await this.collections.place(place, [upload]);
    return this.answers.ofForm(upload);
  }

  /**
   * `PUT /content/add`: the whole body is the file. All that is said of it stands in the query.
   * @throws as `addForm`
   */
  @Put('content/add')
  @RawBody()
  @ApiOperation({
    summary: 'Upload a file as the body',
    description:
      'Whatever the content type says. Answers when the bytes are durable. A part of a file (`Content-Range`) is refused, ' +
      'and so is an empty body without `allow-empty=true`.',
  })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiQuery({ name: 'filename', required: false })
  @ApiQuery({ name: 'profile', required: false, enum: ['unixfs-v1-2025', 'unixfs-v0-2015'] })
  @ApiQuery({ name: 'replication', required: false })
  @ApiQuery({ name: 'allow-empty', required: false, schema: { type: 'boolean' } })
  async addBody(@Req() request: FastifyRequest, @Query() query: unknown, @CurrentUser() caller: Caller) {
    const input = parseInput(bodyQuery, query);
    assertWhole(request);
    const place = await this.placeOf(caller, input);
    const options = await this.allowed(caller, optionsOf(input), request);
    const body = bodyOf(request);
    const source = input['allow-empty'] ? body.source : notEmpty(body.source);
    const upload = await this.addFile.run(
      { userId: caller.userId, ...body, source, options: () => options },
      input.profile ?? DEFAULT_PROFILE,
    );
    if (place) await this.collections.place(place, [upload]);
    return this.answers.ofFile(upload);
  }

  /**
   * Estuary's `POST /content/add-car`: CARv1 or CARv2. With several roots `contents` has all of them, in the order of
   * the header, and the answer's own fields are the first one's. All are stored, or none.
   * @throws InvalidInput, DealTermsAboveCap, DealBudgetExceeded, and what `AddCar` throws
   */
  @Post('content/add-car')
  @HttpCode(200)
  @RawBody()
  @ApiOperation({
    summary: 'Upload a CAR',
    description:
      'Version 1 or 2. Every block is verified; each root becomes a content, and everything that it links to must be ' +
      'there. A failure names the byte offset.',
  })
  @ApiConsumes('application/vnd.ipld.car')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiQuery({ name: 'filename', required: false })
  async addCarBody(@Req() request: FastifyRequest, @Query() query: unknown, @CurrentUser() caller: Caller) {
    const input = parseInput(uploadQuery, query);
    assertWhole(request);
    const place = await this.placeOf(caller, input);
    const options = await this.allowed(caller, optionsOf(input), request);
    const uploads = await this.addCar.run({ userId: caller.userId, ...bodyOf(request), options: () => options });
    if (place) await this.collections.place(place, uploads);
    return this.answers.ofCar(uploads);
  }

  /** Before a byte of the body is read. @throws DealTermsAboveCap, DealBudgetExceeded */
  private async allowed(caller: Caller, said: UploadOptions, request: FastifyRequest): Promise<UploadOptions> {
    const { caps, termsOf } = await this.preferences.ofUploads(caller);
    caps.assertAllowed(said.terms);
    const terms = termsOf(said.terms);
    await caps.assertAffordable(terms, lengthOf(request) ?? 0);
    return { ...said, terms };
  }

  /** Before a byte of the body is read. @throws InvalidInput, CollectionNotFound, PathInvalid */
  private async placeOf(caller: Caller, { coluuid, dir, overwrite }: PlaceQuery): Promise<UploadPlace | null> {
    if (coluuid !== undefined) return this.collections.placeOf(caller.userId, coluuid, dir ?? '/', overwrite ?? false);
    if (dir === undefined && overwrite === undefined) return null;
    throw new InvalidInput('dir and overwrite: go with coluuid, the collection that the upload is put into');
  }
}

/** @throws ContentRangeRefused for a part of a file, which would be stored as if it were the whole */
function assertWhole({ raw }: FastifyRequest): void {
  if (raw.headers['content-range'] === undefined) return;
  throw new ContentRangeRefused('content-range: a body here is a whole file; send it in one');
}

/** The source as it is. @throws EmptyBody at its end when nothing came */
async function* notEmpty(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of source) {
    bytes += part.length;
    yield part;
  }
  if (bytes === 0)
    throw new EmptyBody('the body is empty; to store a file of no bytes send allow-empty=true, or a form');
}

function bodyOf(request: FastifyRequest): {
  source: AsyncIterable<Uint8Array>;
  ownsBuffers: boolean;
  length: number | undefined;
} {
  return { source: bodySource(request.raw), ownsBuffers: true, length: lengthOf(request) };
}

/** As announced; undefined for bodies that come in chunks. */
function lengthOf({ raw }: FastifyRequest): number | undefined {
  const announced = Number(raw.headers['content-length']);
  return Number.isSafeInteger(announced) ? announced : undefined;
}

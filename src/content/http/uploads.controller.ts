import { Controller, HttpCode, Optional, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CurrentUser, DealCaps, RequireScope, type Caller } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { InvalidInput, parseInput, RawBody } from '../../platform/http/index.js';
import type { UploadOptions } from '../domain/upload.js';
import { ProviderAddresses } from '../ports/provider-addresses.port.js';
import { AddCar } from '../verbs/add-car.js';
import { AddFile } from '../verbs/add-file.js';
import { uploadQuery, type UploadQuery } from './content.dto.js';
import { presentCarUpload, presentUpload } from './content.presenter.js';
import { bodySource, readUploadForm } from './upload-body.js';

const DEFAULT_PROFILE = 'unixfs-v1-2025';

/** Bytes come in. */
@ApiTags('content')
@ApiBearerAuth()
@RequireScope('upload')
@Controller()
export class UploadsController {
  constructor(
    private readonly addFile: AddFile,
    private readonly addCar: AddCar,
    private readonly dealCaps: DealCaps,
    private readonly config: AppConfig,
    @Optional() private readonly providers?: ProviderAddresses,
  ) {}

  /**
   * Estuary's `POST /content/add`. Streams: the file is stored as it comes in, and fields that follow it are read at
   * the end. Where query and form differ the query counts. Deal terms are judged before the body where the query has
   * them, and again when the form is complete.
   * @throws InvalidInput, DealTermsAboveCap, DealBudgetExceeded, and what `AddFile` throws; then nothing is stored
   */
  @Post(['content/add', 'put'])
  @HttpCode(200)
  @RawBody()
  @ApiOperation({
    summary: 'Upload a file as a form',
    description:
      'The file in the field `data`; other fields and the query: filename, profile, replication, duration, verified, ' +
      'maxPrice, ignore-dupes. Answers when the bytes are durable.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        data: { type: 'string', format: 'binary' },
        filename: { type: 'string' },
        replication: { type: 'integer' },
      },
      required: ['data'],
    },
  })
  @ApiQuery({ name: 'profile', required: false, enum: ['unixfs-v1-2025', 'unixfs-v0-2015'] })
  async addForm(@Req() request: FastifyRequest, @Query() query: unknown, @CurrentUser() caller: Caller) {
    const early = parseInput(uploadQuery, query);
    const caps = await this.dealCaps.of(caller);
    caps.assertAllowed(optionsOf(early).terms);
    await caps.assertAffordable(optionsOf(early).terms, lengthOf(request) ?? 0);
    const form = await readUploadForm(request.raw);
    const profile = early.profile ?? parseInput(uploadQuery, form.fields).profile ?? DEFAULT_PROFILE;
    const options = (): UploadOptions => {
      const late = parseInput(uploadQuery, form.fields);
      if (late.profile !== undefined && late.profile !== profile)
        throw new InvalidInput('profile: has to come before the file');
      const said = optionsOf({ ...late, ...early }, form.filename);
      caps.assertAllowed(said.terms);
      return said;
    };
    const upload = await this.addFile.run({ userId: caller.userId, source: form.file, options }, profile);
    return presentUpload(upload, this.config.publicUrl, await this.providersKnown());
  }

  /**
   * `PUT /content/add`: the whole body is the file. All that is said of it stands in the query.
   * @throws as `addForm`
   */
  @Put('content/add')
  @RawBody()
  @ApiOperation({
    summary: 'Upload a file as the body',
    description: 'Whatever the content type says. Answers when the bytes are durable.',
  })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiQuery({ name: 'filename', required: false })
  @ApiQuery({ name: 'profile', required: false, enum: ['unixfs-v1-2025', 'unixfs-v0-2015'] })
  @ApiQuery({ name: 'replication', required: false })
  async addBody(@Req() request: FastifyRequest, @Query() query: unknown, @CurrentUser() caller: Caller) {
    const input = parseInput(uploadQuery, query);
    const options = await this.allowed(caller, optionsOf(input), request);
    const upload = await this.addFile.run(
      { userId: caller.userId, ...bodyOf(request), options: () => options },
      input.profile ?? DEFAULT_PROFILE,
    );
    return presentUpload(upload, this.config.publicUrl, await this.providersKnown());
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
    const options = await this.allowed(caller, optionsOf(input), request);
    const uploads = await this.addCar.run({ userId: caller.userId, ...bodyOf(request), options: () => options });
    return presentCarUpload(uploads, this.config.publicUrl, await this.providersKnown());
  }

  /** Before a byte of the body is read. @throws DealTermsAboveCap, DealBudgetExceeded */
  private async allowed(caller: Caller, said: UploadOptions, request: FastifyRequest): Promise<UploadOptions> {
    const caps = await this.dealCaps.of(caller);
    caps.assertAllowed(said.terms);
    await caps.assertAffordable(said.terms, lengthOf(request) ?? 0);
    return said;
  }

  /** None where no IPFS node belongs to this platform. */
  private async providersKnown(): Promise<readonly string[]> {
    return (await this.providers?.list()) ?? [];
  }
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

function optionsOf(input: UploadQuery, filename?: string): UploadOptions {
  const { replication, duration, verified, maxPrice } = input;
  const terms = {
    ...(replication === undefined ? {} : { replication }),
    ...(duration === undefined ? {} : { duration }),
    ...(verified === undefined ? {} : { verified }),
    ...(maxPrice === undefined ? {} : { maxPrice }),
  };
  return {
    name: input.filename ?? input.name ?? filename,
    ignoreDupes: input['ignore-dupes'],
    terms: Object.keys(terms).length > 0 ? terms : undefined,
  };
}

import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import type { UserId } from '../../shared/index.js';
import { DagStore } from '../../storage/index.js';
import type { NewContent } from '../domain/content.js';
import {
  ContentTooLarge,
  PartialUploadNotFound,
  QuotaExceeded,
  TooManyPartialUploads,
  UploadChecksumMismatch,
  UploadIncomplete,
  UploadIsFinal,
  UploadOffsetConflict,
  UploadTooLong,
} from '../domain/content.errors.js';
import type { NewPartialUpload, PartialUpload } from '../domain/partial-upload.js';
import { bounded } from '../domain/upload.js';
import { PartialFiles, type PartialFile } from '../store/partial-files.js';
import { PostgresPartialUploadStore } from '../store/postgres-partial-upload.store.js';
import { AccountQuota } from './account-quota.js';
import { Turns } from './turns.js';

/** A request that brings more than this has its bytes made durable on the way: what a crash takes is less. */
const SYNC_EVERY_BYTES = 32 * 1024 ** 2;
/** Uploads of one account that have begun and not ended. */
const MOST_OUTSTANDING = 10_000;

/** Of `Upload-Checksum`. */
export const checksumAlgorithms = ['sha1', 'sha256', 'sha512', 'md5'] as const;

/** What the bytes of one request hash to. */
export interface Checksum {
  algorithm: (typeof checksumAlgorithms)[number];
  digest: Uint8Array;
}

/** Bytes of one request. */
export interface Patch {
  /** Where they go. */
  offset: number;
  source: AsyncIterable<Uint8Array>;
  /** Announced length of the request. */
  length?: number | undefined;
  checksum?: Checksum | undefined;
  /** Ends the source: somebody else goes on with this upload. */
  hurry: () => void;
}

/**
 * Uploads in several requests (https://tus.io/protocols/resumable-upload): made, filled, asked for, ended. An offset is
 * told only of bytes that are durable.
 */
@Injectable()
export class PartialUploads {
  private readonly limit: number;
  private readonly turns = new Turns();

  constructor(
    private readonly store: PostgresPartialUploadStore,
    private readonly files: PartialFiles,
    private readonly dags: DagStore<NewContent>,
    private readonly quota: AccountQuota,
    config: AppConfig,
  ) {
    this.limit = config.values.CONTENT_SIZE_LIMIT;
  }

  /**
   * Room for it is promised out of the quota and looked for on the disk, together with all others that have begun.
   * @throws ContentTooLarge, QuotaExceeded, TooManyPartialUploads, DiskFull
   */
  async create(upload: Omit<NewPartialUpload, 'id' | 'offset' | 'parts'>): Promise<PartialUpload> {
    if (upload.length > this.limit)
      throw new ContentTooLarge(`contents may have at most ${this.limit} bytes`, { details: { limit: this.limit } });
    const left = await this.quota.left(upload.userId);
    await this.dags.ensureSpace((await this.store.bytesToCome()) + upload.length);
    return this.store.create({ ...upload, id: randomUUID(), offset: 0, parts: [] }, ({ uploads, bytes }) => {
      if (left !== null && bytes + upload.length > left) throw new QuotaExceeded(Math.max(0, left - bytes));
      if (uploads >= MOST_OUTSTANDING)
        throw new TooManyPartialUploads(`at most ${MOST_OUTSTANDING} uploads may be on their way at once`);
    });
  }

  /**
   * One upload out of others, in this order; asked for again, the same one.
   * @throws PartialUploadNotFound for a part that is none of this account's, UploadIncomplete, ContentTooLarge
   */
  async concatenate(
    parts: readonly string[],
    upload: Omit<NewPartialUpload, 'id' | 'offset' | 'length' | 'parts' | 'kind'>,
  ): Promise<PartialUpload> {
    const known = await this.store.findFinal(upload.userId, parts);
    if (known) return known;
    let length = 0;
    for (const id of parts) length += await this.lengthOfPart(id, upload.userId);
    if (length > this.limit)
      throw new ContentTooLarge(`contents may have at most ${this.limit} bytes`, { details: { limit: this.limit } });
    const final = { ...upload, id: randomUUID(), kind: 'final' as const, length, offset: length, parts: [...parts] };
    return this.store.create(final, () => undefined);
  }

  /** As it stands once a request that brings bytes to it has ended; such a request is ended. */
  async look(id: string): Promise<PartialUpload> {
    return this.turns.take(id, nothing, () => this.get(id));
  }

  /** @throws PartialUploadNotFound */
  async get(id: string): Promise<PartialUpload> {
    const upload = await this.store.find(id);
    if (!upload) throw new PartialUploadNotFound(`no such upload: ${id.slice(0, 64)}`);
    return upload;
  }

  /** Null when there is no such upload. */
  async ownerOf(id: string): Promise<UserId | null> {
    return (await this.store.find(id))?.userId ?? null;
  }

  /**
   * The upload as it stands with these bytes, all of them durable. When the source breaks off, what came until then is
   * kept, but for a request with a checksum.
   * @throws PartialUploadNotFound, PartialUploadGone, UploadIsFinal, UploadOffsetConflict, UploadTooLong,
   * UploadChecksumMismatch, UploadAborted, DiskFull
   */
  async append(id: string, patch: Patch): Promise<PartialUpload> {
    return this.turns.take(id, patch.hurry, async () => {
      const upload = await this.get(id);
      if (upload.kind === 'final') throw new UploadIsFinal('this upload is made of others and takes no bytes');
      if (upload.offset !== patch.offset) throw new UploadOffsetConflict(upload.offset);
      if (patch.offset + (patch.length ?? 0) > upload.length) throw tooLong(upload);
      if (upload.state === 'stored') return upload;
      const file = await this.files.append(id, upload.offset);
      try {
        return await this.fill(upload, patch, file);
      } finally {
        await file.close();
      }
    });
  }

  /** Forgets the upload and its bytes; a content that it became stays. @throws PartialUploadNotFound */
  async terminate(id: string): Promise<void> {
    await this.turns.take(id, nothing, async () => {
      await this.get(id);
      await this.files.remove(id);
      await this.store.remove(id);
    });
  }

  /** Those that nobody went on with for too long. How many there were. */
  async removeExpired(limit = 1_000): Promise<number> {
    const ids = await this.store.expired(limit);
    for (const id of ids)
      await this.turns.take(id, nothing, async () => {
        await this.files.remove(id);
        await this.store.remove(id);
      });
    return ids.length;
  }

  private async fill(upload: PartialUpload, patch: Patch, file: PartialFile): Promise<PartialUpload> {
    const state = { ...upload };
    const { checksum } = patch;
    const hash = checksum && createHash(checksum.algorithm);
    const keep = async (): Promise<void> => {
      if (file.end > state.offset) await this.advance(state, file);
    };
    try {
      for await (const bytes of bounded(patch.source, { limit: Infinity, left: null })) {
        if (file.end + bytes.length > upload.length) throw tooLong(upload);
        await file.write(bytes);
        hash?.update(bytes);
        if (!checksum && file.end - state.offset >= SYNC_EVERY_BYTES) await keep();
      }
    } catch (error) {
      // Without the whole of it nobody knows whether it was sent as it came.
      if (!checksum) await keep();
      throw error;
    }
    if (checksum && !isDigest(hash?.digest(), checksum.digest)) {
      await file.cut(upload.offset);
      throw new UploadChecksumMismatch('these are not the bytes of that checksum; none of them was kept');
    }
    await keep();
    return state;
  }

  private async advance(state: PartialUpload, file: PartialFile): Promise<void> {
    await file.sync();
    const expiresAt = await this.store.advance(state.id, state.offset, file.end);
    if (!expiresAt) throw new PartialUploadNotFound('this upload was ended meanwhile');
    state.offset = file.end;
    state.expiresAt = expiresAt;
  }

  private async lengthOfPart(id: string, user: UserId): Promise<number> {
    const part = await this.store.find(id);
    if (part?.userId !== user || part.kind !== 'partial')
      throw new PartialUploadNotFound(`no such part of an upload: ${id.slice(0, 64)}`);
    if (part.offset !== part.length) throw new UploadIncomplete(part.offset, part.length);
    return part.length;
  }
}

const nothing = (): void => undefined;

function tooLong({ length }: PartialUpload): UploadTooLong {
  return new UploadTooLong(`this upload has ${length} bytes`, { details: { length } });
}

function isDigest(found: Buffer | undefined, said: Uint8Array): boolean {
  return found?.length === said.length && timingSafeEqual(found, said);
}

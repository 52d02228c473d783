import type { DagReference } from '../../storage/index.js';
import { DomainError, type ContentId, type UserId, type DealTerms } from '../../shared/index.js';
import { ContentTooLarge, QuotaExceeded, UploadAborted } from './content.errors.js';
import type { ProfileName } from './file-dag.js';

const MAX_NAME_BYTES = 1024;

/**
 * What the uploader says of the content besides its bytes. Known for certain only when the whole request has been read:
 * form fields may follow the file.
 */
export interface UploadOptions {
  name?: string | undefined;
  /** Undefined: the platform's terms, and small contents share a CAR. */
  terms?: DealTerms | undefined;
  /** Refuse what the account has already. */
  ignoreDupes?: boolean | undefined;
}

/** One of the files of an upload. */
export interface UploadedFile {
  /** As the client wrote it: a name, or a relative path with slashes. Undefined where it wrote none. */
  path: string | undefined;
  /** To be read to its end before the next file is asked for. */
  bytes: AsyncIterable<Uint8Array>;
}

/** Files that come in together, one after the other. What is said of them is known when the last has ended. */
export interface FolderUpload {
  userId: UserId;
  files: AsyncIterable<UploadedFile>;
  /** Asked for at the first file. @throws InvalidInput */
  profile: () => ProfileName;
  /** Paths of folders, empty ones among them; complete when `files` has ended. */
  directories: () => readonly string[];
  /** As of `Upload`. */
  options: () => FolderOptions;
}

/** What is said of files that came together. */
export interface FolderOptions extends UploadOptions {
  /** A directory around whatever came, also around a single file or folder. */
  wrap?: boolean | undefined;
}

/** A file or a CAR that comes in. */
export interface Upload {
  userId: UserId;
  source: AsyncIterable<Uint8Array>;
  /** The source's buffers belong to nobody else and may be emptied once they are written. */
  ownsBuffers?: boolean | undefined;
  /** Announced length, when there is one. */
  length?: number | undefined;
  /** Called once the source has ended. @throws InvalidInput */
  options: () => UploadOptions;
  /** Runs in the transaction that stores the content, which is rolled back when it throws. */
  within?: ((...args: [...Parameters<NonNullable<DagReference['within']>>, cid: string]) => Promise<void>) | undefined;
}

/** What became of it: durable, and a row. */
export interface Uploaded {
  contentId: ContentId;
  /** As the importer or the CAR's header names it. */
  cid: string;
  /** CIDv1 text. */
  root: string;
  /** Payload bytes. */
  size: number;
}

/** What an upload may have at most. */
export interface UploadBounds {
  /** CONTENT_SIZE_LIMIT. */
  limit: number;
  /** What the account's quota leaves; null: no quota. */
  left: number | null;
  /**
   * Bytes that may come in before it is certain that the content passes what is left; without it, as many as are left.
   */
  incoming?: number;
}

/**
 * How many bytes of blocks or of a CAR may come in for an account that may store `left` more. What counts is the size
 * of the content, and that is known at the end, where the store compares it; on the way only what cannot fit in any
 * case is stopped: nodes, CIDs and headers come on top of a content's own bytes.
 */
export function incomingBytesLimit(left: number): number {
  return left + Math.ceil(left / 8) + 64 * 1024;
}

/**
 * The source as it is, up to its bounds; its own failures (a client that hangs up) get a name. `counted`: what came
 * before in the same upload, and this.
 * @throws ContentTooLarge, QuotaExceeded, UploadAborted
 */
export async function* bounded(
  source: AsyncIterable<Uint8Array>,
  bounds: UploadBounds,
  counted: { bytes: number } = { bytes: 0 },
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        if (error instanceof DomainError) throw error;
        throw new UploadAborted('the upload broke off', { details: { bytes: counted.bytes }, cause: error });
      });
      if (next.done) return;
      counted.bytes += next.value.length;
      assertWithin(counted.bytes, bounds);
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** @throws ContentTooLarge, QuotaExceeded */
export function assertWithin(bytes: number, { limit, left, incoming }: UploadBounds): void {
  if (left !== null && bytes > (incoming ?? left)) throw new QuotaExceeded(left);
  if (bytes > limit) throw new ContentTooLarge(`contents may have at most ${limit} bytes`, { details: { limit } });
}

/**
 * A name as it can be stored, listed and put into JSON and headers: no path in front, no control characters,
 * well-formed Unicode, at most 1,024 bytes of UTF-8.
 */
export function contentName(given: string | undefined, otherwise: string): string {
  const base = (given ?? '').split(/[/\\]/).pop() ?? '';
  let name = base
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .trim();
  while (Buffer.byteLength(name) > MAX_NAME_BYTES) name = name.slice(0, -1).toWellFormed();
  return name === '' ? otherwise : name;
}

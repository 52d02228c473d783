import { randomBytes } from 'node:crypto';
import type { CID } from 'multiformats/cid';
import { carHeader, PLACEHOLDER_ROOT, sectionPrefix } from '../../ipld/index.js';

/** Body of `dag/import`; to be read once. */
export interface CarForm {
  type: string;
  body: AsyncIterable<Uint8Array>;
  /** Blocks that have been given out so far. */
  sent: () => number;
}

const CHUNK = 256 * 1024;

/**
 * Blocks as a CAR inside a multipart form, made while it is read: no more than a chunk and a block of it are ever in
 * memory.
 */
export function carForm(blocks: AsyncIterable<{ cid: CID; bytes: Uint8Array }>): CarForm {
  const boundary = `tidewater-${randomBytes(16).toString('hex')}`;
  let sent = 0;
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="dag.car"\r\nContent-Type: application/vnd.ipld.car\r\n\r\n`,
    );
    // The header's root is not read: what to pin is said by itself, and a header of ours names no long hashes.
    yield carHeader(PLACEHOLDER_ROOT);
    for await (const { cid, bytes } of blocks) {
      yield sectionPrefix(cid, bytes.length);
      yield bytes;
      sent += 1;
    }
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  return { type: `multipart/form-data; boundary=${boundary}`, body: inChunks(parts()), sent: () => sent };
}

/** Small pieces together, large ones as they are. */
async function* inChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < CHUNK) continue;
    yield Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

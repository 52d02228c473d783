import type { FileHandle } from 'node:fs/promises';
import { CID } from 'multiformats/cid';
import { readVarint } from '../../content/index.js';
import type { CarId } from '../../shared/index.js';
import type { IndexEntry } from './block-index.js';

export interface ScannedSection {
  cid: CID;
  /** First byte of the section. */
  start: number;
  /** First byte of the block. */
  offset: number;
  length: number;
}

/** Varint and CID fit in this: what is read of a large section. */
const PEEK_BYTES = 160;
/** Small sections are read many at a time. */
const WINDOW_BYTES = 256 * 1024;

/**
 * The sections between two offsets of a CAR file, without the bytes of large blocks. Ends at the first thing that is not a
 * whole section (a torn tail), so it can be used on files that nobody finished.
 */
export async function* scanSections(handle: FileHandle, from: number, to: number): AsyncGenerator<ScannedSection> {
  let window: Buffer = Buffer.alloc(0);
  let windowStart = from;
  let at = from;
  while (at < to) {
    const have = windowStart + window.length - at;
    if (at < windowStart || have < Math.min(PEEK_BYTES, to - at)) {
      window = await readAt(handle, at, Math.min(WINDOW_BYTES, to - at));
      windowStart = at;
    }
    const section = parseSection(window.subarray(at - windowStart), at);
    if (!section || section.offset + section.length > to) return;
    yield section;
    at = section.offset + section.length;
  }
}

/** Index entries of the sections between two offsets, some thousands at a time. */
export async function* scanEntries(handle: FileHandle, carId: CarId, from: number, to: number): AsyncGenerator<IndexEntry[]> {
  let entries: IndexEntry[] = [];
  for await (const { cid, offset, length } of scanSections(handle, from, to)) {
    entries.push({ key: cid.multihash.bytes, place: { carId, offset, length, cidLength: cid.bytes.length } });
    if (entries.length >= 5000) {
      yield entries;
      entries = [];
    }
  }
  if (entries.length > 0) yield entries;
}

function parseSection(bytes: Uint8Array, start: number): ScannedSection | null {
  try {
    const size = readVarint(bytes);
    if (!size || size.value === 0) return null;
    const [cid] = CID.decodeFirst(bytes.subarray(size.length));
    const length = size.value - cid.bytes.length;
    return length < 0 ? null : { cid, start, offset: start + size.length + cid.bytes.length, length };
  } catch {
    return null;
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

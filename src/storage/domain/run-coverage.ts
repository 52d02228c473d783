import type { CarId } from '../../shared/index.js';

/** Bytes of a file. */
export interface Stretch {
  offset: number;
  length: number;
}

/** The stretches in order, joined where they touch or overlap (DAGs of one CAR upload share their bytes). */
export function coverage(stretches: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const { offset, length } of [...stretches].sort((a, b) => a.offset - b.offset)) {
    const last = joined.at(-1);
    if (last && offset <= last.offset + last.length) last.length = Math.max(last.length, offset + length - last.offset);
    else joined.push({ offset, length });
  }
  return joined;
}

/** Bytes that several stretches cover count once. */
export function coveredBytes(stretches: readonly Stretch[]): number {
  return coverage(stretches).reduce((sum, { length }) => sum + length, 0);
}

/** Where `offset` comes to lie when the stretches are written one after the other from `start`. */
export function movedOffset(stretches: readonly Stretch[], offset: number, start: number): number {
  let at = start;
  for (const stretch of stretches) {
    if (offset >= stretch.offset && offset < stretch.offset + stretch.length) return at + offset - stretch.offset;
    at += stretch.length;
  }
  throw new RangeError(`offset ${offset} lies in none of the stretches`);
}

/** What of `stretches` none of `kept` covers. */
export function uncovered(stretches: readonly Stretch[], kept: readonly Stretch[]): Stretch[] {
  let open = coverage(stretches);
  for (const keep of coverage(kept)) {
    open = open.flatMap(({ offset, length }) => {
      const end = offset + length;
      const keepEnd = keep.offset + keep.length;
      if (keepEnd <= offset || keep.offset >= end) return [{ offset, length }];
      return [
        { offset, length: keep.offset - offset },
        { offset: keepEnd, length: end - keepEnd },
      ].filter((piece) => piece.length > 0);
    });
  }
  return open;
}

/** Bytes that nobody wants here any more, by CAR. */
export interface ReclaimableBytes {
  /** Files that may go as a whole. */
  files: CarId[];
  /** Bytes of those files, whoever removes them in the end. */
  freedBytes: number;
  /** Stretches of files that stay for the sake of others. */
  stretches: { carId: CarId; stretches: Stretch[] }[];
  /** Bytes of those stretches: freed when their file is compacted or goes. */
  pendingBytes: number;
}

/** Others still want every byte. */
export const NOTHING_RECLAIMABLE: ReclaimableBytes = { files: [], freedBytes: 0, stretches: [], pendingBytes: 0 };

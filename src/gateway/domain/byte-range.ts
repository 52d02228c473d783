import { RangeNotSatisfiable } from './gateway.errors.js';

/** A stretch of a body; `end` is not in it. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The one range of a Range header (RFC 9110, 14.1.2), cut to the size. Null: the whole is the answer, as for several ranges,
 * other units and malformed headers, which may all be ignored.
 * @throws RangeNotSatisfiable when it lies outside.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null {
  const match = /^bytes=\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/i.exec(header?.trim() ?? '');
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return null;
    const suffix = Math.min(Number(last), size);
    if (suffix === 0) throw new RangeNotSatisfiable(size);
    return { start: size - suffix, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return null;
  if (start >= size) throw new RangeNotSatisfiable(size);
  return { start, end };
}

import rangeParser from 'range-parser';
import { RangeNotSatisfiable } from './gateway.errors.js';

/** A stretch of a body; `end` is not in it. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The one range of a Range header (RFC 9110, 14.1.2), cut to the size. Null: the whole is the answer, as for several
 * ranges, other units and malformed headers, which may all be ignored.
 * @throws RangeNotSatisfiable when it lies outside.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null {
  const text = header?.trim() ?? '';
  // Nothing lies outside of an endless body: what fails there is malformed.
  const syntax = rangeParser(Infinity, text);
  if (typeof syntax === 'number' || syntax.type.toLowerCase() !== 'bytes' || text.includes(',')) return null;
  const ranges = rangeParser(size, text);
  if (typeof ranges !== 'number' && ranges[0]) return { start: ranges[0].start, end: ranges[0].end + 1 };
  // The library refuses a suffix that is longer than the body; the RFC takes it for the whole.
  const suffix = Number(/=\s*-\s*(\d+)$/.exec(text)?.[1] ?? 0);
  if (suffix > 0 && size > 0) return { start: 0, end: size };
  throw new RangeNotSatisfiable(size);
}

/** Whether an If-None-Match names this tag: a list, weak comparison, or `*` (RFC 9110, 13.1.2). */
export function matchesAny(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => opaque(candidate) === opaque(etag));
}

/** Whether an If-Range allows the range: an equal strong tag; a date never does, as nothing here is ever modified. */
export function allowsRange(header: string | undefined, etag: string): boolean {
  return header === undefined || (header.trim() === etag && !etag.startsWith('W/'));
}

/** Without the mark of weakness: If-None-Match compares weakly. */
function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}

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

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}

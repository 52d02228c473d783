const MAX_NAME_BYTES = 1024;

/**
 * A name as it can be stored, listed and put into JSON and headers: no path in front, no control characters, well-formed
 * Unicode, at most 1,024 bytes of UTF-8.
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

import { PathInvalid } from './content.errors.js';

/** What a name of a file system may have, everywhere where such a folder is unpacked again. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;
const MAX_DEPTH = 256;

/** Names from the top down; at least one. */
export type PathNames = readonly [string, ...string[]];

/**
 * A relative path as browsers and `ipfs add -r` write it, `folder/file.txt`, as its names. Backslashes are parts of
 * names, as on Linux; but what a system that takes them for slashes would read as a way out is none.
 * @throws PathInvalid for what is absolute, has `.`, `..` or nothing as a name, a NUL or half a character in it, or is
 * longer than a file system takes
 */
export function parseUploadPath(text: string): PathNames {
  if (text.includes('\0') || !text.isWellFormed()) throw refused(text, 'holds a NUL or half a character');
  if (/^[/\\]/.test(text) || /^[A-Za-z]:[/\\]/.test(text)) throw refused(text, 'has to be relative');
  if (Buffer.byteLength(text) > MAX_PATH_BYTES) throw refused(text, `has more than ${MAX_PATH_BYTES} bytes`);
  const [first = '', ...rest] = text.split('/');
  for (const name of [first, ...rest]) {
    if (name === '') throw refused(text, 'has an empty name in it');
    if (name.split('\\').some((part) => part === '..' || part === '.')) throw refused(text, 'has . or .. in it');
    if (Buffer.byteLength(name) > MAX_NAME_BYTES)
      throw refused(text, `has a name of more than ${MAX_NAME_BYTES} bytes in it`);
  }
  if (rest.length >= MAX_DEPTH) throw refused(text, `is deeper than ${MAX_DEPTH} folders`);
  return [first, ...rest];
}

/** The path of a folder: the same, and a slash may stand at its end. @throws PathInvalid */
export function parseFolderPath(text: string): PathNames {
  return parseUploadPath(text.endsWith('/') ? text.slice(0, -1) : text);
}

function refused(path: string, why: string): PathInvalid {
  const shown = path.slice(0, 200).toWellFormed().replaceAll('\0', '\\0');
  return new PathInvalid(`the path ${JSON.stringify(shown)} ${why}`, { details: { path: shown } });
}

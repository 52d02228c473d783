import mime from 'mime';

/** How many bytes of the beginning are enough to tell. */
export const SNIFF_BYTES = 512;

const MAGIC: [type: string, offset: number, bytes: string][] = [
  ['image/png', 0, '89504e470d0a1a0a'],
  ['image/jpeg', 0, 'ffd8ff'],
  ['image/gif', 0, '47494638'],
  ['application/pdf', 0, '255044462d'],
  ['application/zip', 0, '504b0304'],
  ['application/gzip', 0, '1f8b'],
  ['image/webp', 8, '57454250'],
  ['audio/wave', 8, '57415645'],
  ['video/mp4', 4, '66747970'],
  ['video/webm', 0, '1a45dfa3'],
  ['application/ogg', 0, '4f676753'],
  ['audio/mpeg', 0, '494433'],
  ['application/wasm', 0, '0061736d'],
  ['application/zstd', 0, '28b52ffd'],
  ['application/x-xz', 0, 'fd377a585a00'],
  ['application/x-bzip2', 0, '425a68'],
  ['image/bmp', 0, '424d'],
  ['font/woff2', 0, '774f4632'],
];

/** By the name, or null when the name says nothing. */
export function typeByName(name: string): string | null {
  const type = mime.getType(name);
  return type === null ? null : withCharset(type);
}

/** By the first bytes. */
export function sniffType(head: Uint8Array): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES));
  const hex = bytes.toString('hex');
  const found = MAGIC.find(([, offset, magic]) => hex.startsWith(magic, offset * 2));
  if (found) return found[0];
  if (bytes.length === 0 || bytes.includes(0))
    return bytes.length === 0 ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  if (!isText(bytes, head.byteLength > bytes.length)) return 'application/octet-stream';
  const text = bytes.toString('utf8').trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body|<script)/.test(text)) return 'text/html; charset=utf-8';
  if (text.startsWith('<svg')) return 'image/svg+xml';
  if (text.startsWith('<?xml')) return 'text/xml; charset=utf-8';
  return 'text/plain; charset=utf-8';
}

function isText(bytes: Buffer, cut: boolean): boolean {
  try {
    // A character may be cut off at the end of what was looked at.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut || bytes.length === SNIFF_BYTES });
  } catch {
    return false;
  }
  return !bytes.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
}

function withCharset(type: string): string {
  return /^text\/|^application\/(javascript|json)$/.test(type) ? `${type}; charset=utf-8` : type;
}

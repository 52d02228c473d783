import { fileTypeFromBuffer } from 'file-type';
import mime from 'mime';

/** How many bytes of the beginning are enough to tell. */
export const SNIFF_BYTES = 512;

/** Names that other software gave these types before they were registered, as our readers know them. */
const KNOWN_AS: Record<string, string> = {
  'audio/wav': 'audio/wave',
  'audio/ogg': 'application/ogg',
  'video/ogg': 'application/ogg',
  'video/matroska': 'video/webm',
};

/** By the name, or null when the name says nothing. */
export function typeByName(name: string): string | null {
  const type = mime.getType(name);
  return type === null ? null : withCharset(type);
}

/**
 * Types that a browser runs as a program, or as a document with programs in it: HTML, all kinds of XML (SVG, XHTML,
 * XSLT), scripts, style sheets, archives of pages.
 */
const ACTIVE =
  /^text\/(html|xml|xsl|css|vbscript|cache-manifest)|^(message|multipart)\/|[+/]xml(-|;|$)|(java|ecma|live|j|type)script|\/(wasm|hta|x-shockwave-flash|x-mimearchive|mathml)/;

/**
 * The type of a file. A name in the query is a stranger's, who sends somebody a link: it may say which of the harmless
 * types a file has, and never makes a program of it that it is not by itself.
 * @param asked - the name in the query
 * @param own - the name in the directory, which belongs to the DAG
 * @param sniff - what the bytes say
 */
export async function typeOfFile(
  asked: string | null,
  own: string | null,
  sniff: () => Promise<string>,
): Promise<string> {
  const byAsked = asked === null ? null : typeByName(asked);
  if (byAsked !== null && !ACTIVE.test(byAsked)) return byAsked;
  // A name that says nothing hides what the directory says, as it does where it says something.
  const byOwn = own === null || (asked !== null && byAsked === null) ? null : typeByName(own);
  return byOwn ?? (await sniff());
}

/**
 * By the first bytes (SNIFF_BYTES of them are enough). What is text is told apart here, by the few types that browsers
 * treat differently; everything else by its signature. Never throws.
 */
export async function sniffType(head: Uint8Array): Promise<string> {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES));
  if (isText(bytes, head.byteLength > bytes.length)) return textType(bytes.toString('utf8').trimStart().toLowerCase());
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  return found === undefined ? 'application/octet-stream' : (KNOWN_AS[found.mime] ?? found.mime);
}

/**
 * The few kinds of text that a browser shows differently; what begins as HTML is HTML, as the WHATWG sniffing rules
 * have it.
 */
function textType(text: string): string {
  if (text.startsWith('%pdf-')) return 'application/pdf';
  if (/^(<!doctype html|<html|<head|<body|<script)/.test(text)) return 'text/html; charset=utf-8';
  if (text.startsWith('<svg')) return 'image/svg+xml';
  if (text.startsWith('<?xml')) return 'text/xml; charset=utf-8';
  return 'text/plain; charset=utf-8';
}

/** UTF-8 without control characters but those of plain text. `cut`: there is more behind these bytes. */
function isText(bytes: Buffer, cut: boolean): boolean {
  try {
    // A character may be cut off at the end of what was looked at.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut || bytes.length === SNIFF_BYTES });
  } catch {
    return false;
  }
  return !bytes.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
}

/** Text is UTF-8 here; a browser that is not told would guess. */
function withCharset(type: string): string {
  return /^text\/|^application\/(javascript|json)$/.test(type) ? `${type}; charset=utf-8` : type;
}

import type { NamedLink, UnixfsNode } from '../../ipld/index.js';
import type { Blocks } from './blocks.js';
import { listShards } from './sharded-directory.js';

/** A directory in one block, or the root of a sharded one. */
export type DirectoryNode = Extract<UnixfsNode, { kind: 'directory' | 'shard' }>;

/** Members between two pauses. */
const MEMBERS_PER_STEP = 64;
/** Rows are handed on together. */
const ROWS_BYTES = 32 * 1024;

const STYLE = [
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#123}',
  'h1{font-size:1.1rem;word-break:break-all}table{width:100%;border-collapse:collapse}',
  'td{padding:.25rem .5rem;border-top:1px solid #dde}td+td{text-align:right;white-space:nowrap;color:#567}',
  'a{color:#06c;text-decoration:none}a:hover{text-decoration:underline}code{font-size:.8em;color:#567}',
].join('');

/** All members, in the order of the blocks. @throws Unreadable */
export async function* listMembers(blocks: Blocks, node: DirectoryNode): AsyncGenerator<NamedLink> {
  if (node.kind === 'shard') {
    yield* listShards(blocks, node);
    return;
  }
  for (let index = 0; index < node.links.length; index++) {
    if (index % MEMBERS_PER_STEP === 0) await blocks.pause();
    yield node.links.at(index);
  }
}

/** A directory as a page, in pieces: directories can be large. Links are relative, so it works under any mount. */
export async function* listingPage(
  path: string,
  cid: string,
  members: AsyncIterable<NamedLink>,
  hasParent: boolean,
): AsyncGenerator<Uint8Array> {
  const title = escapeHtml(path);
  const parent = hasParent ? '<tr><td><a href="../">..</a></td><td></td></tr>\n' : '';
  yield Buffer.from(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
      `<title>${title}</title><style>${STYLE}</style></head>\n` +
      `<body><h1>Index of ${title}</h1><p><code>${escapeHtml(cid)}</code></p>\n<table>\n${parent}`,
  );
  let rows = '';
  for await (const { name, cid: member, size } of members) {
    const href = escapeHtml(`./${encodeURIComponent(name)}`);
    const link = `<a href="${href}" title="${escapeHtml(member.toString())}">${escapeHtml(name)}</a>`;
    rows += `<tr><td>${link}</td><td>${readableSize(size)}</td></tr>\n`;
    if (rows.length < ROWS_BYTES) continue;
    yield Buffer.from(rows);
    rows = '';
  }
  yield Buffer.from(`${rows}</table></body></html>\n`);
}

/** For text and for attributes in double or single quotes: names come from strangers. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Binary units, one digit behind the point. */
export function readableSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : (bytes / 2 ** (10 * power)).toFixed(1)} ${units[power]}`;
}

import {
  type AnswerContext,
  CachePolicy,
  commonHeaders,
  dispositionOf,
  type GatewayAnswer,
  notModified,
  rangedAnswer,
  SANDBOX,
  sliceOf,
} from './answer.js';
import { codecAnswer, ownCodec } from './block-answers.js';
import { SNIFF_BYTES, sniffType, typeOfFile } from './content-type.js';
import { type DirectoryNode, listingPage, listMembers } from './directory-listing.js';
import { NotAcceptable } from './gateway.errors.js';
import { type FileNode, readFile } from './read-file.js';
import { findMember } from './resolve-path.js';

/** Changes when generated listings look different: part of their tag. */
const LISTING_VERSION = 1;

/** Files and directories, as browsers want them. */
export async function unixfsAnswer(context: AnswerContext): Promise<GatewayAnswer> {
  const { node, cid } = context.target;
  switch (node.kind) {
    case 'file':
      return fileAnswer(context, node, context.path.segments.at(-1) ?? null);
    case 'directory':
    case 'shard':
      return directoryAnswer(context, node);
    case 'symlink': {
      const { target } = node;
      const headers = { ...commonHeaders(context, `"${cid.toString()}"`), 'content-type': 'inode/symlink' };
      return rangedAnswer(context, headers, target.length, (range) => sliceOf(target, range));
    }
    case 'other': {
      const codec = ownCodec(cid.code);
      if (codec === null)
        throw new NotAcceptable(`${cid.toString()} is no file or directory; ask for format=raw or format=car`);
      return codecAnswer(context, codec, false);
    }
  }
}

/** `pathName`: the last segment of the path, which names the file unless the query does; null for a bare CID. */
async function fileAnswer(context: AnswerContext, node: FileNode, pathName: string | null): Promise<GatewayAnswer> {
  const {
    target: { cid },
    blocks,
    query,
  } = context;
  const etag = `"${cid.toString()}"`;
  const unchanged = notModified(context, etag);
  if (unchanged) return unchanged;
  const headers = {
    ...commonHeaders(context, etag),
    'content-type': await typeOfFile(query.get('filename'), pathName, () =>
      blocks.typeOf(cid, () => sniff(context, node)),
    ),
    ...dispositionOf(context, pathName ?? cid.toString()),
  };
  return rangedAnswer(context, headers, node.size, (range) => readFile(blocks, { cid, node }, range));
}

/** Reads no more of the file than the bytes that tell. */
async function sniff({ blocks, target: { cid } }: AnswerContext, node: FileNode): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of readFile(blocks, { cid, node }, { start: 0, end: Math.min(SNIFF_BYTES, node.size) }))
    parts.push(part);
  return sniffType(Buffer.concat(parts));
}

/** The slash first, because relative links need it; then `index.html`; then a listing made here. */
async function directoryAnswer(context: AnswerContext, node: DirectoryNode): Promise<GatewayAnswer> {
  const { path, blocks, target, root } = context;
  if (!path.trailingSlash) {
    return {
      status: 301,
      headers: {
        ...(path.hasOwnOrigin ? {} : SANDBOX),
        location: `${path.rawPath}/${path.rawQuery}`,
        'cache-control': CachePolicy.immutable,
        'x-ipfs-path': path.contentPath,
      },
      body: null,
      length: null,
      root,
    };
  }
  const index = await findMember(blocks, node, 'index.html');
  if (index) {
    const file = await blocks.node(index.cid);
    const inside: AnswerContext = { ...context, target: { ...target, cid: index.cid, node: file } };
    if (file.kind === 'file') return fileAnswer(inside, file, 'index.html');
  }
  const etag = `"DirIndex-${LISTING_VERSION}_CID-${target.cid.toString()}"`;
  const unchanged = notModified(context, etag);
  if (unchanged) return unchanged;
  const headers = {
    ...commonHeaders(context, etag),
    'cache-control': CachePolicy.listing,
    'content-type': 'text/html; charset=utf-8',
  };
  const shown = `/ipfs/${[path.rootText, ...path.segments].join('/')}/`;
  const body = listingPage(shown, target.cid.toString(), listMembers(blocks, node), path.segments.length > 0);
  return { status: 200, headers, body, length: null, root };
}

import type { CID } from 'multiformats/cid';
import { type GatewayAnswer, type GatewayRequest, IMMUTABLE } from './answer.js';
import type { Blocks } from './blocks.js';
import { type ByteRange, parseRange } from './byte-range.js';
import { contentDisposition } from './content-disposition.js';
import { allowsRange, matchesAny } from './etag.js';
import type { GatewayPath } from './gateway-path.js';
import type { Resolved } from './resolve-path.js';

export interface AnswerContext {
  request: GatewayRequest;
  path: GatewayPath;
  query: URLSearchParams;
  blocks: Blocks;
  target: Resolved;
  root: string;
}

/** What every answer says of itself. */
export function commonHeaders({ path, target }: AnswerContext, etag: string): Record<string, string> {
  return {
    etag,
    'cache-control': IMMUTABLE,
    'x-ipfs-path': path.contentPath,
    'x-ipfs-roots': target.roots.join(','),
    'x-content-type-options': 'nosniff',
  };
}

/** An answer whose format came from Accept alone has an address of its own (path gateway specification, Content-Location). */
export function negotiatedHeaders({ path, query }: AnswerContext, format: string): Record<string, string> {
  const own = new URLSearchParams(query);
  own.set('format', format);
  return { vary: 'Accept', 'content-location': `${path.rawPath}?${own.toString()}` };
}

export function notModified(context: AnswerContext, etag: string): GatewayAnswer | null {
  if (!matchesAny(context.request.ifNoneMatch, etag)) return null;
  return { status: 304, headers: commonHeaders(context, etag), body: null, length: null, root: context.root };
}

/** Bytes of known size, whole or the range that is asked for. @throws RangeNotSatisfiable. */
export function rangedAnswer(
  context: AnswerContext,
  headers: Record<string, string>,
  size: number,
  read: (range: ByteRange) => AsyncIterable<Uint8Array>,
): GatewayAnswer {
  const range = allowsRange(context.request.ifRange, headers.etag ?? '')
    ? parseRange(context.request.range, size)
    : null;
  const { start, end } = range ?? { start: 0, end: size };
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      'accept-ranges': 'bytes',
      ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
    },
    body: read({ start, end }),
    length: end - start,
    root: context.root,
  };
}

/** `?filename=` and `?download=true`. */
export function dispositionOf({ query }: AnswerContext, fallback: string): Record<string, string> {
  const filename = query.get('filename');
  if (query.get('download') === 'true')
    return { 'content-disposition': contentDisposition('attachment', filename ?? fallback) };
  return filename === null ? {} : { 'content-disposition': contentDisposition('inline', filename) };
}

/** Blocks and CARs are always for saving. */
export function savedAs({ query }: AnswerContext, cid: CID, extension: string): Record<string, string> {
  return {
    'content-disposition': contentDisposition('attachment', query.get('filename') ?? `${cid.toString()}.${extension}`),
  };
}

export async function* chunk(bytes: Uint8Array, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  if (end > start) yield bytes.subarray(start, end);
}

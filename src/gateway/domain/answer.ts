import { create } from 'content-disposition';
import type { CID } from 'multiformats/cid';
import type { GatewayPath, GatewayRequest } from './gateway-request.js';
import { allowsRange, type ByteRange, matchesAny, parseRange } from './preconditions.js';
import type { RequestBlocks } from './request-blocks.js';
import type { Resolved } from './resolve-path.js';

/** What to send, decided before a byte is sent. The body reads its blocks as it is read itself. */
export interface GatewayAnswer {
  status: 200 | 206 | 301 | 304;
  headers: Record<string, string>;
  /** Null: none, or the request was HEAD. */
  body: AsyncIterable<Uint8Array> | null;
  /** Of the body in bytes, when it is known before. */
  length: number | null;
  /** Root CID that the bytes are counted under, CIDv1 text. */
  root: string;
}

/** Cache-Control of answers: the exact texts that caches and the conformance suite expect. */
export const CachePolicy = {
  /** What a CID names never changes. */
  immutable: 'public, max-age=29030400, immutable',
  /** Generated listings may look different tomorrow. */
  listing: 'public, max-age=604800, stale-while-revalidate=2678400',
} as const;

/** What an answer is made of. */
export interface AnswerContext {
  request: GatewayRequest;
  path: GatewayPath;
  query: URLSearchParams;
  blocks: RequestBlocks;
  target: Resolved;
  root: string;
}

/**
 * What strangers made runs no script on this origin, opens no window and sends no form: a page of theirs is shown as an
 * origin of its own, which has nothing (https://www.w3.org/TR/CSP3/#directive-sandbox).
 */
export const SANDBOX = { 'content-security-policy': 'sandbox' } as const;

/** What every answer says of itself. */
export function commonHeaders({ path, target }: AnswerContext, etag: string): Record<string, string> {
  return {
    ...(path.hasOwnOrigin ? {} : SANDBOX),
    etag,
    'cache-control': CachePolicy.immutable,
    'x-ipfs-path': path.contentPath,
    'x-ipfs-roots': target.roots.join(','),
    'x-content-type-options': 'nosniff',
  };
}

/**
 * An answer whose format came from Accept alone has an address of its own (path gateway specification,
 * Content-Location).
 */
export function negotiatedHeaders({ path, query }: AnswerContext, format: string): Record<string, string> {
  const own = new URLSearchParams(query);
  own.set('format', format);
  return { vary: 'Accept', 'content-location': `${path.rawPath}?${own.toString()}` };
}

/** 304 where the client has these bytes already (If-None-Match), else null. */
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

/** A range of bytes that are here already, as a body. */
export async function* sliceOf(bytes: Uint8Array, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  if (end > start) yield bytes.subarray(start, end);
}

/**
 * RFC 6266: an ASCII name with `_` for what it cannot say, and the real one beside it. The plain name is always in
 * quotes, as clients and the conformance suite look for it; the library leaves them out where it may.
 */
export function contentDisposition(type: 'inline' | 'attachment', filename: string | null): string {
  if (filename === null || filename === '') return type;
  const fallback = filename.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return create(filename, { type, fallback }).replace(/; filename=([^";]+)/, '; filename="$1"');
}

import type { CID } from 'multiformats/cid';
import { isIdentity, LONGEST_IDENTITY } from '../../ipld/index.js';
import { parseCid } from '../../shared/index.js';
import { InvalidCid, InvalidRequest, NotAcceptable } from './gateway.errors.js';

/** What of a request matters to the gateway: headers as they came. */
export interface GatewayRequest {
  /** Path and query as they came. */
  url: string;
  accept: string | undefined;
  range: string | undefined;
  ifRange: string | undefined;
  ifNoneMatch: string | undefined;
  cacheControl: string | undefined;
  /** The root stands in the host, and `url` was made of both. */
  hasOwnOrigin: boolean;
  /** The gateway host, where the request came to it: pages are shown at hosts of their own below it. */
  pageHost: string | null;
}

/** Where a request points. */
export interface GatewayPath {
  root: CID;
  /** As the URL has it. */
  rootText: string;
  segments: string[];
  trailingSlash: boolean;
  /** `/ipfs/<cid>/a/b`, as the client wrote it, without the mount and the query. */
  contentPath: string;
  /** The URL's path as the client wrote it, for redirects: without `/ipfs/<cid>` where the host bears the root. */
  rawPath: string;
  /** Asked for at a host that bears the root's name: its pages share an origin with nothing else. */
  hasOwnOrigin: boolean;
  /** With its question mark, or empty. */
  rawQuery: string;
}

/**
 * `/ipfs/<cid>/a/b?query`, also below `/gw`.
 * @param hasOwnOrigin - the client has the CID in the host and the rest alone in the path
 * @throws InvalidCid, InvalidRequest.
 */
export function parseGatewayPath(url: string, hasOwnOrigin = false): GatewayPath {
  const question = url.indexOf('?');
  const rawPath = question < 0 ? url : url.slice(0, question);
  const contentPath = rawPath.replace(/^\/gw(?=\/)/, '');
  const [rootText = '', ...rest] = contentPath.replace(/^\/ipfs\//, '').split('/');
  const root = parseCid(decode(rootText));
  if (!root) throw new InvalidCid(`'${decode(rootText).slice(0, 100)}' is not a CID`);
  if (isIdentity(root) && root.multihash.digest.length > LONGEST_IDENTITY)
    throw new InvalidCid(
      `a CID carries at most ${LONGEST_IDENTITY} bytes; this one has ${root.multihash.digest.length}`,
    );
  return {
    root,
    rootText,
    contentPath,
    rawPath: hasOwnOrigin ? `/${rest.join('/')}` : rawPath,
    hasOwnOrigin,
    segments: rest.filter((segment) => segment !== '').map(decode),
    trailingSlash: rawPath.endsWith('/'),
    rawQuery: question < 0 ? '' : url.slice(question),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidRequest('the path is not properly percent-encoded');
  }
}

/** Whether only what is on this node is wanted (`Cache-Control: only-if-cached`, RFC 9111, 5.2.1.7). */
export function onlyIfCached({ cacheControl }: GatewayRequest): boolean {
  return /(^|,)\s*only-if-cached\s*(,|$)/i.test(cacheControl ?? '');
}

/** Formats that show a block in its own codec. */
export type BlockCodec = 'dag-json' | 'dag-cbor' | 'json' | 'cbor';
/** How much of a DAG a CAR holds (IPIP-402): all of it, what is needed to show the path's end, or its block alone. */
export type DagScope = 'all' | 'entity' | 'block';

/** `negotiated`: the format came from Accept, so that the same URL has other answers, too. */
export type AnswerFormat =
  | { kind: 'unixfs' }
  | { kind: 'raw'; negotiated: boolean }
  | { kind: 'car'; scope: DagScope; negotiated: boolean }
  | { kind: 'codec'; codec: BlockCodec; negotiated: boolean };

const BY_TYPE: Record<string, string> = {
  'application/vnd.ipld.raw': 'raw',
  'application/vnd.ipld.car': 'car',
  'application/vnd.ipld.dag-json': 'dag-json',
  'application/vnd.ipld.dag-cbor': 'dag-cbor',
  'application/json': 'json',
  'application/cbor': 'cbor',
  'application/x-tar': 'tar',
  'application/vnd.ipfs.ipns-record': 'ipns-record',
};

/**
 * What kind of answer is asked for. `?format=` wins over Accept (IPIP-523).
 * @throws InvalidRequest, NotAcceptable.
 */
export function answerFormat(query: URLSearchParams, accept: string | undefined): AnswerFormat {
  const asked = query.get('format');
  const fromAccept = asked === null ? acceptedFormat(accept) : null;
  const format = asked ?? fromAccept?.format;
  const negotiated = asked === null;
  switch (format) {
    case undefined:
      return { kind: 'unixfs' };
    case 'raw':
      return { kind: 'raw', negotiated };
    case 'car':
      return { kind: 'car', scope: carScope(query, fromAccept?.params ?? new Map<string, string>()), negotiated };
    case 'dag-json':
    case 'dag-cbor':
    case 'json':
    case 'cbor':
      return { kind: 'codec', codec: format, negotiated };
    case 'tar':
    case 'ipns-record':
      throw new NotAcceptable(`format ${format} is not offered here; ask for raw or car`);
    default:
      throw new InvalidRequest(`format: unknown; raw and car are offered`);
  }
}

/** The first type of the Accept header that names a format of ours; browsers' headers name none. */
function acceptedFormat(accept: string | undefined): { format: string; params: Map<string, string> } | null {
  for (const entry of (accept ?? '').split(',')) {
    const [type = '', ...rest] = entry.split(';').map((part) => part.trim());
    const format = BY_TYPE[type.toLowerCase()];
    if (format === undefined) continue;
    return {
      format,
      params: new Map<string, string>(
        rest.map((pair) => pair.split('=').map((part) => part.trim()) as [string, string]),
      ),
    };
  }
  return null;
}

/**
 * Order is always dfs and dups always n; a client that asks for something else is told what it gets by the
 * Content-Type.
 */
function carScope(query: URLSearchParams, params: Map<string, string>): DagScope {
  const version = query.get('car-version') ?? params.get('version') ?? '1';
  if (version !== '1') throw new NotAcceptable('only CAR version 1 is offered');
  const scope = query.get('dag-scope') ?? (query.has('entity-bytes') ? 'entity' : 'all');
  if (scope !== 'all' && scope !== 'entity' && scope !== 'block')
    throw new InvalidRequest('dag-scope: must be all, entity or block');
  return scope;
}

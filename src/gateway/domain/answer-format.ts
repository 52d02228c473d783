import { InvalidRequest, NotAcceptable } from './gateway.errors.js';

export type BlockCodec = 'dag-json' | 'dag-cbor' | 'json' | 'cbor';
export type DagScope = 'all' | 'entity' | 'block';

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

/** Order is always dfs and dups always n; a client that asks for something else is told what it gets by the Content-Type. */
function carScope(query: URLSearchParams, params: Map<string, string>): DagScope {
  const version = query.get('car-version') ?? params.get('version') ?? '1';
  if (version !== '1') throw new NotAcceptable('only CAR version 1 is offered');
  const scope = query.get('dag-scope') ?? (query.has('entity-bytes') ? 'entity' : 'all');
  if (scope !== 'all' && scope !== 'entity' && scope !== 'block')
    throw new InvalidRequest('dag-scope: must be all, entity or block');
  return scope;
}

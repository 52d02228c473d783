import { DAG_CBOR, DAG_JSON } from '../../ipld/index.js';
import {
  type AnswerContext,
  commonHeaders,
  dispositionOf,
  type GatewayAnswer,
  negotiatedHeaders,
  notModified,
  rangedAnswer,
  savedAs,
  sliceOf,
} from './answer.js';
import { exportCar } from './export-car.js';
import { NotAcceptable } from './gateway.errors.js';
import type { BlockCodec, DagScope } from './gateway-request.js';

/** One block as it is. */
export async function blockAnswer(context: AnswerContext, negotiated: boolean): Promise<GatewayAnswer> {
  const { cid } = context.target;
  const etag = `"${cid.toString()}.raw"`;
  const unchanged = notModified(context, etag);
  if (unchanged) return unchanged;
  const headers = {
    ...commonHeaders(context, etag),
    'content-type': 'application/vnd.ipld.raw',
    ...savedAs(context, cid, 'bin'),
    ...(negotiated ? negotiatedHeaders(context, 'raw') : {}),
  };
  const bytes = await context.blocks.get(cid);
  return rangedAnswer(context, headers, bytes.length, (range) => sliceOf(bytes, range));
}

/** A CAR, streamed: its length is not known before, so there are no ranges. */
export function carAnswer(context: AnswerContext, scope: DagScope, negotiated: boolean): GatewayAnswer {
  const { path, target, blocks } = context;
  const etag = `W/"${target.roots.at(-1)?.toString()}.${target.roots.length}.car.${scope}"`;
  const unchanged = notModified(context, etag);
  if (unchanged) return unchanged;
  const headers = {
    ...commonHeaders(context, etag),
    'content-type': 'application/vnd.ipld.car; version=1; order=dfs; dups=n',
    'accept-ranges': 'none',
    ...savedAs(context, target.cid, 'car'),
    ...(negotiated ? negotiatedHeaders(context, 'car') : {}),
  };
  const body = exportCar(blocks, path.root, { cid: target.cid, path: target.path }, scope, blocks.openSeen());
  return { status: 200, headers, body, length: null, root: context.root };
}

const CODECS: Record<BlockCodec, { code: number; type: string; extension: string }> = {
  'dag-json': { code: DAG_JSON, type: 'application/vnd.ipld.dag-json', extension: 'json' },
  'dag-cbor': { code: DAG_CBOR, type: 'application/vnd.ipld.dag-cbor', extension: 'cbor' },
  json: { code: 0x0200, type: 'application/json', extension: 'json' },
  cbor: { code: 0x51, type: 'application/cbor', extension: 'cbor' },
};

/** A block in its own codec. @throws NotAcceptable for any other: nothing is converted (IPIP-524). */
export async function codecAnswer(
  context: AnswerContext,
  codec: BlockCodec,
  negotiated: boolean,
): Promise<GatewayAnswer> {
  const { cid } = context.target;
  const { code, type, extension } = CODECS[codec];
  // dag-json is json, and dag-cbor is cbor: the plain name is allowed for them.
  const fits =
    cid.code === code || (codec === 'json' && cid.code === DAG_JSON) || (codec === 'cbor' && cid.code === DAG_CBOR);
  if (!fits) throw new NotAcceptable(`${cid.toString()} is not ${codec}, and blocks are not converted`);
  const etag = `"${cid.toString()}.${codec}"`;
  const unchanged = notModified(context, etag);
  if (unchanged) return unchanged;
  const headers = {
    ...commonHeaders(context, etag),
    'content-type': type,
    ...dispositionOf(context, `${cid.toString()}.${extension}`),
    ...(negotiated ? negotiatedHeaders(context, codec) : {}),
  };
  const bytes = await context.blocks.get(cid);
  return rangedAnswer(context, headers, bytes.length, (range) => sliceOf(bytes, range));
}

/** The codec that a block's CID names, when it is one that we can show as it is. */
export function ownCodec(code: number): BlockCodec | null {
  return (Object.keys(CODECS) as BlockCodec[]).find((name) => CODECS[name].code === code) ?? null;
}

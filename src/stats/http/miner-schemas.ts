import { boolean, integer, listOf, number, object, orNull, type Schema, text, time } from './answer-schemas.js';

/** `Percentiles` of window-figures.ts. */
export const percentiles = orNull(object({ count: integer, p10: integer, p50: integer, p90: integer, p95: integer }));

const fault: Schema = { type: 'string', enum: ['ours', 'theirs'] };

const chainInfo = object({
  peerId: orNull(text),
  addresses: { type: 'array', items: text } as Schema,
  owner: orNull(text),
  worker: orNull(text),
});

const pastAsk = {
  price: text,
  verifiedPrice: text,
  minPieceSize: text,
  maxPieceSize: text,
  at: time,
  seenAt: time,
};

const retrieval = {
  attempts: integer,
  ok: integer,
  successRate: orNull(number),
  firstByteMs: percentiles,
  bytesPerSecond: percentiles,
};

/** What `GET /public/miners/stats/:miner` answers beside the fields of older releases (`days`, `figures`, `failures`). */
export const minerStatsSchema = object({
  miner: text,
  name: text,
  version: text,
  usedByEstuary: boolean,
  dealCount: integer,
  errorCount: integer,
  liveDeals: integer,
  activeDeals: integer,
  suspended: boolean,
  suspendedReason: text,
  chainInfo,
  window: { type: 'string', enum: ['24h', '7d', '30d', 'all'] },
  from: time,
  to: time,
  deals: object({
    proposals: integer,
    accepted: integer,
    refused: integer,
    acceptRate: orNull(number),
    transferred: integer,
    published: integer,
    sealed: integer,
    ended: integer,
    faults: integer,
    slashes: integer,
  }),
  times: object({
    proposeMs: percentiles,
    acceptMs: percentiles,
    transferMs: percentiles,
    publishMs: percentiles,
    sealMs: percentiles,
  }),
  transferBytesPerSecond: percentiles,
  failed: object({
    total: integer,
    ours: integer,
    theirs: integer,
    byReason: listOf({ phase: text, reason: text, count: integer, fault }),
  }),
  retrieval: object({
    ...retrieval,
    ours: integer,
    bySource: listOf({ source: text, ...retrieval }),
    failures: listOf({ source: text, reason: text, count: integer, fault }),
  }),
  bytes: object({ in: integer, out: integer }),
  asks: listOf(pastAsk),
});

import { boolean, day, integer, listOf, number, object, orNull, type Schema, text, time } from './answer-schemas.js';

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
  suspension: orNull(object({ by: orNull(text), reason: text, since: orNull(time), until: orNull(time) })),
  region: orNull(text),
  score: orNull(
    object({
      score: number,
      at: time,
      halfLifeDays: integer,
      lines: listOf({
        dimension: text,
        about: text,
        counted: object({ s: integer, n: integer }),
        evidence: object({ s: number, n: number }),
        bound: number,
        weight: number,
        contribution: number,
      }),
      course: listOf({ day, score: number }),
    }),
  ),
});

/** What `GET /public/miners` answers. */
export const minersSchema = listOf({
  addr: text,
  name: text,
  suspended: boolean,
  suspendedReason: text,
  version: text,
  chain_info: chainInfo,
  httpUrl: orNull(text),
  ask: orNull(
    object({ price: text, verifiedPrice: text, minPieceSize: text, maxPieceSize: text, seenAt: orNull(time) }),
  ),
  pausedUntil: orNull(time),
  dealCount: integer,
  activeDeals: integer,
  state: { type: 'string', enum: ['active', 'suspended', 'paused', 'silent'] },
  suspendedBy: orNull(text),
  suspendedUntil: orNull(time),
  region: orNull(text),
  protocols: { type: 'array', items: text } as Schema,
  score: orNull(number),
  scoreCourse: { type: 'array', items: number } as Schema,
  figures: orNull(
    object({
      proposals: integer,
      acceptRate: orNull(number),
      publishMs: percentiles,
      sealMs: percentiles,
      transferBytesPerSecond: percentiles,
      retrievals: integer,
      retrievalSuccessRate: orNull(number),
      firstByteMs: percentiles,
      retrievalBytesPerSecond: percentiles,
      sealed: integer,
      faults: integer,
      slashes: integer,
      failures: integer,
      failuresOurs: integer,
      failuresByDay: { type: 'array', items: integer } as Schema,
      topFailure: orNull(object({ phase: text, reason: text, count: integer, fault })),
      bytesIn: integer,
      bytesOut: integer,
    }),
  ),
  figuresAt: orNull(time),
});

import type { MinerDealCounts, PublicDeal } from '../../deals/index.js';
import type { PastAsk, PublicMiner } from '../../miners/index.js';
import { isOurs } from '../domain/fault.js';
import type { WindowFigures } from '../domain/window-figures.js';
import { suspendedNow } from '../verbs/list-miners.js';
import type { FailureCount, KindFigures } from '../store/figures.sql.js';

/** What the chain says, in names of the public API. */
function chainInfo(row: PublicMiner) {
  return { peerId: row.peerId, addresses: row.addresses, owner: row.owner, worker: row.worker };
}

/**
 * The newest ask; null when none was ever heard. Prices in attoFIL per GiB per epoch, sizes in padded bytes, all as
 * text.
 */
function ask(row: PublicMiner) {
  if (row.price === null) return null;
  return {
    price: row.price,
    verifiedPrice: row.verifiedPrice,
    minPieceSize: row.minPieceSize?.toString() ?? null,
    maxPieceSize: row.maxPieceSize?.toString() ?? null,
    seenAt: row.askSeenAt?.toISOString() ?? null,
  };
}

/** By an operator or by the circuit breaker; null when no pause with an end is on. */
function pausedUntil({ suspended, suspendedUntil, openUntil }: PublicMiner, now: Date): string | null {
  const until = suspended ? suspendedUntil : openUntil;
  return until !== null && until > now ? until.toISOString() : null;
}

/** `GET /public/miners` (estuary.md 1.8) plus what we know besides: ask, retrieval endpoint, breaker, deals. */
export function presentMiner(row: PublicMiner, counts: MinerDealCounts | undefined, now: Date) {
  return {
    addr: row.address,
    name: row.name,
    suspended: suspendedNow(row, now),
    suspendedReason: suspendedNow(row, now) ? (row.suspendedReason ?? '') : '',
    version: row.version ?? '',
    chain_info: chainInfo(row),
    httpUrl: row.httpUrl,
    ask: ask(row),
    pausedUntil: pausedUntil(row, now),
    dealCount: counts?.dealCount ?? 0,
    activeDeals: counts?.active ?? 0,
  };
}

/** `GET /public/miners/stats/:miner` without the figures. */
export function presentMinerStats(row: PublicMiner, counts: MinerDealCounts | undefined, now: Date) {
  const suspended = suspendedNow(row, now);
  return {
    miner: row.address,
    name: row.name,
    version: row.version ?? '',
    usedByEstuary: (counts?.dealCount ?? 0) > 0,
    dealCount: counts?.dealCount ?? 0,
    errorCount: counts?.errorCount ?? 0,
    liveDeals: counts?.live ?? 0,
    activeDeals: counts?.active ?? 0,
    suspended,
    suspendedReason: suspended ? (row.suspendedReason ?? '') : '',
    suspension: suspended
      ? {
          by: row.suspendedBy,
          reason: row.suspendedReason ?? '',
          since: row.suspendedSince?.toISOString() ?? null,
          until: row.suspendedUntil?.toISOString() ?? null,
        }
      : null,
    region: row.region,
    /** Not measured by us. */
    ping: null,
    chainInfo: chainInfo(row),
    ask: ask(row),
  };
}

/** One deal of a miner, public: no account, no name. */
export function presentMinerDeal(row: PublicDeal) {
  return {
    id: row.id.toString(),
    miner: row.miner,
    state: row.state,
    propCid: row.proposalCid,
    dealId: row.chainDealId?.toString() ?? null,
    failed: row.failurePhase !== null,
    verified: row.verified,
    slashed: row.state === 'slashed',
    contentCid: row.root,
    pieceCid: row.pieceCid,
    pieceSize: row.pieceSize?.toString() ?? null,
    startEpoch: row.startEpoch,
    endEpoch: row.endEpoch,
    activeEpoch: row.activeEpoch,
    slashEpoch: row.slashEpoch,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/**
 * One failure record of a miner, public: phase and typed reason. The miner's own words may name our paths; only the
 * deal's owner sees them.
 */
export function presentFailure(row: PublicDeal) {
  const reason = row.failureReason ?? 'unknown';
  return {
    id: Number(row.id),
    dealId: row.id.toString(),
    miner: row.miner,
    phase: row.failurePhase ?? (row.state === 'slashed' ? 'fault' : 'unknown'),
    reason,
    message: reason,
    fault: isOurs(reason) ? 'ours' : 'theirs',
    CreatedAt: row.updatedAt.toISOString(),
    createdAt: row.updatedAt.toISOString(),
  };
}

/** One kind of measurement over the window. Rates from 0 to 1, times in milliseconds. */
interface Figure {
  count: number;
  ok: number;
  successRate: number | null;
  p50Ms: number | null;
  p90Ms: number | null;
  bytes: number;
  bytesPerSecond: number | null;
}

/** What people ask for first, and all kinds behind it. */
export interface MinerFigures {
  proposals: number;
  acceptRate: number | null;
  acceptMs: number | null;
  transferBytesPerSecond: number | null;
  publishMs: number | null;
  sealMs: number | null;
  retrievals: number;
  retrievalSuccessRate: number | null;
  retrievalFirstByteMs: number | null;
  retrievalBytesPerSecond: number | null;
  byKind: Record<string, Figure>;
}

/** Rows of one miner to the figures that people ask for; null where nothing was measured yet. */
export function presentFigures(rows: readonly KindFigures[]): MinerFigures {
  const byKind = Object.fromEntries(rows.map((row) => [row.kind, presentKind(row)]));
  return {
    proposals: byKind['proposal']?.count ?? 0,
    acceptRate: byKind['accept']?.successRate ?? null,
    acceptMs: byKind['accept']?.p50Ms ?? null,
    transferBytesPerSecond: byKind['transfer']?.bytesPerSecond ?? null,
    publishMs: byKind['publish']?.p50Ms ?? null,
    sealMs: byKind['seal']?.p50Ms ?? null,
    retrievals: byKind['retrieval']?.count ?? 0,
    retrievalSuccessRate: byKind['retrieval']?.successRate ?? null,
    retrievalFirstByteMs: byKind['retrieval-first-byte']?.p50Ms ?? null,
    retrievalBytesPerSecond: byKind['retrieval']?.bytesPerSecond ?? null,
    byKind,
  };
}

/** A rate over nothing is unknown, not zero. */
function presentKind(row: KindFigures): Figure {
  const count = Number(row.count);
  const ok = Number(row.ok);
  return {
    count,
    ok,
    successRate: count === 0 ? null : ok / count,
    p50Ms: row.p50,
    p90Ms: row.p90,
    bytes: Number(row.bytes),
    bytesPerSecond: row.speed === null ? null : Math.round(row.speed),
  };
}

/** By phase and typed reason, the most frequent first. `fault`: `ours` says nothing about the miner. */
export function presentFailureCounts(
  rows: readonly FailureCount[],
): { phase: string; reason: string; count: number; fault: 'ours' | 'theirs' }[] {
  return rows.map((row) => ({
    phase: row.phase ?? 'unknown',
    reason: row.reason ?? 'unknown',
    count: Number(row.count),
    fault: isOurs(row.reason ?? '') ? 'ours' : 'theirs',
  }));
}

/** What `?window=` selects, under names of its own: `deals`, `times`, `transfer`, `failed`, `retrieval`, `bytes`. */
export function presentWindow(figures: WindowFigures) {
  return {
    deals: {
      proposals: figures.proposals,
      accepted: figures.accepted,
      refused: figures.refused,
      acceptRate: figures.acceptRate,
      transferred: figures.transferred,
      published: figures.published,
      sealed: figures.sealed,
      ended: figures.ended,
      faults: figures.faults,
      slashes: figures.slashes,
    },
    times: {
      proposeMs: figures.proposeMs,
      acceptMs: figures.acceptMs,
      transferMs: figures.transferMs,
      publishMs: figures.publishMs,
      sealMs: figures.sealMs,
    },
    transferBytesPerSecond: figures.transferBytesPerSecond,
    failed: figures.failures,
    retrieval: figures.retrieval,
    bytes: figures.bytes,
  };
}

/** One ask of the past: in force from `at` until the next one, or still. */
export function presentAsk(row: PastAsk) {
  return {
    price: row.price,
    verifiedPrice: row.verifiedPrice,
    minPieceSize: row.minPieceSize.toString(),
    maxPieceSize: row.maxPieceSize.toString(),
    at: row.at.toISOString(),
    seenAt: row.seenAt.toISOString(),
  };
}

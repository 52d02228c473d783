import type { DealCounts } from '../store/miner-figures.query.js';
import type { MinerDealRow, MinerRow } from '../store/miner-rows.query.js';

function chainInfo(row: MinerRow) {
  return { peerId: row.peerId, addresses: row.addresses, owner: row.owner, worker: row.worker };
}

function ask(row: MinerRow) {
  if (row.price === null) return null;
  return {
    price: row.price.toFixed(0),
    verifiedPrice: row.verifiedPrice?.toFixed(0) ?? null,
    minPieceSize: row.minPieceSize?.toString() ?? null,
    maxPieceSize: row.maxPieceSize?.toString() ?? null,
    seenAt: row.askSeenAt?.toISOString() ?? null,
  };
}

/** By an operator or by the circuit breaker; null when no pause with an end is on. */
function pausedUntil({ suspended, suspendedUntil, openUntil }: MinerRow): string | null {
  const until = suspended ? suspendedUntil : openUntil;
  return until !== null && until.getTime() > Date.now() ? until.toISOString() : null;
}

/** `GET /public/miners` (estuary.md 1.8) plus what we know besides: ask, retrieval endpoint, breaker, deals. */
export function presentMiner(row: MinerRow, counts: DealCounts | undefined) {
  return {
    addr: row.address,
    name: row.name,
    suspended: row.suspended,
    suspendedReason: row.suspendedReason ?? '',
    version: row.version ?? '',
    chain_info: chainInfo(row),
    httpUrl: row.httpUrl,
    ask: ask(row),
    pausedUntil: pausedUntil(row),
    dealCount: Number(counts?.dealCount ?? 0),
    activeDeals: Number(counts?.active ?? 0),
  };
}

/** `GET /public/miners/stats/:miner` without the figures. */
export function presentMinerStats(row: MinerRow, counts: DealCounts | undefined) {
  return {
    miner: row.address,
    name: row.name,
    version: row.version ?? '',
    usedByEstuary: Number(counts?.dealCount ?? 0) > 0,
    dealCount: Number(counts?.dealCount ?? 0),
    errorCount: Number(counts?.errorCount ?? 0),
    liveDeals: Number(counts?.live ?? 0),
    activeDeals: Number(counts?.active ?? 0),
    suspended: row.suspended,
    suspendedReason: row.suspendedReason ?? '',
    chainInfo: chainInfo(row),
    ask: ask(row),
  };
}

/** One deal of a miner, public: no account, no name. */
export function presentMinerDeal(row: MinerDealRow) {
  return {
    id: row.id.toString(),
    miner: row.miner,
    state: row.state,
    propCid: row.propCid,
    dealId: row.dealId?.toString() ?? null,
    failed: row.failurePhase !== null,
    verified: row.verified,
    slashed: row.state === 'slashed',
    contentCid: row.contentCid,
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

/** One failure record of a miner, public: phase and typed reason. The miner's own words may name our paths; only the deal's owner sees them. */
export function presentFailure(row: MinerDealRow) {
  return {
    dealId: row.id.toString(),
    miner: row.miner,
    phase: row.failurePhase ?? (row.state === 'slashed' ? 'fault' : 'unknown'),
    reason: row.failureReason ?? 'unknown',
    createdAt: row.updatedAt.toISOString(),
  };
}

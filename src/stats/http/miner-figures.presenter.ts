import type { FailureCount, KindFigures } from '../store/miner-figures.query.js';

interface Figure {
  count: number;
  ok: number;
  successRate: number | null;
  p50Ms: number | null;
  p90Ms: number | null;
  bytes: number;
  bytesPerSecond: number | null;
}

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

export function presentFailureCounts(
  rows: readonly FailureCount[],
): { phase: string; reason: string; count: number }[] {
  return rows.map((row) => ({
    phase: row.phase ?? 'unknown',
    reason: row.reason ?? 'unknown',
    count: Number(row.count),
  }));
}

import { retrievalId } from '../../shared/index.js';
import type { AttemptReport, Retrieval } from '../domain/retrieval.js';
import type { RetrievalState } from '../domain/retrieval-state.js';

export interface RetrievalRow {
  id: string;
  root: string;
  state: string;
  live: boolean;
  source: string | null;
  miner: string | null;
  bytes: bigint;
  blocks: number;
  firstByteMs: number | null;
  durationMs: number | null;
  reasons: unknown;
  attempts: number;
  createdAt: Date;
  updatedAt: Date;
}

export function toRetrieval(row: RetrievalRow): Retrieval {
  const { root, live, source, miner, blocks, firstByteMs, durationMs, attempts, createdAt, updatedAt } = row;
  return {
    id: retrievalId(row.id),
    root,
    state: row.state as RetrievalState,
    live,
    source,
    miner,
    bytes: Number(row.bytes),
    blocks,
    firstByteMs,
    durationMs,
    reasons: row.reasons as AttemptReport[],
    attempts,
    createdAt,
    updatedAt,
  };
}

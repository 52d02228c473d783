import type { Json } from '../../shared/index.js';
import type { Retrieval, RetrievalMoved } from '../domain/retrieval.js';

export function presentRetrieval(retrieval: Retrieval): Record<string, Json> {
  const { id, root, state, source, miner, bytes, blocks, firstByteMs, durationMs, attempts } = retrieval;
  return {
    id,
    cid: root,
    state,
    source,
    miner,
    bytes,
    blocks,
    firstByteMs,
    durationMs,
    attempts,
    reasons: retrieval.reasons.map((report) => ({ ...report })),
    createdAt: retrieval.createdAt.toISOString(),
    updatedAt: retrieval.updatedAt.toISOString(),
  };
}

export function presentTimeline(retrieval: Retrieval, moves: readonly RetrievalMoved[]): Record<string, Json> {
  return {
    ...presentRetrieval(retrieval),
    timeline: moves.map(({ from, to, cause, at }) => ({ from, to, cause, at: at.toISOString() })),
  };
}

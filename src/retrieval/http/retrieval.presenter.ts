import type { Retrieval, RetrievalTransition } from '../domain/retrieval.js';

/** A retrieval as the API shows it; field names are part of the API. */
export function presentRetrieval(retrieval: Retrieval) {
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

/** The same with its timeline, oldest first. */
export function presentTimeline(retrieval: Retrieval, transitions: readonly RetrievalTransition[]) {
  return {
    ...presentRetrieval(retrieval),
    timeline: transitions.map(({ from, to, cause, at }) => ({ from, to, cause, at: at.toISOString() })),
  };
}

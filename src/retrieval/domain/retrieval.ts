import type { MinerId, RetrievalId } from '../../shared/index.js';

/**
 * Every state of a retrieval and the only transitions between them. A retrieval whose worker was lost starts over:
 * hence the ways back to locating.
 */
export const retrievalTransitions = {
  requested: ['locating'],
  locating: ['locating', 'fetching', 'stored', 'failed'],
  fetching: ['fetching', 'locating', 'verified', 'failed'],
  verified: ['locating', 'stored', 'failed'],
  stored: [],
  failed: [],
} as const satisfies Record<string, readonly string[]>;

/** stored and failed are final: such a retrieval is not live any more. */
export type RetrievalState = keyof typeof retrievalTransitions;

/** Whether the table has it; the store asks before each write. */
export function canTransition(from: RetrievalState, to: RetrievalState): boolean {
  return (retrievalTransitions[from] as readonly string[]).includes(to);
}

/** Where bytes can come from, in the order of the ladder. */
export type RetrievalSource = 'hot' | 'http-car' | 'http-piece' | 'lotus';

/** One attempt that did not succeed, or why there was none. */
export interface AttemptReport {
  miner: string | null;
  source: RetrievalSource | 'locate' | 'store';
  phase: 'locate' | 'query' | 'retrieval' | 'store';
  /** A FetchReason, or the code of the error that kept the DAG from being stored. */
  reason: string;
  /** For people. */
  message: string;
  /** What was wrong with our own node: nobody else is to blame. Absent where nothing was. */
  fault?: string;
}

/** A row of `retrievals`. Bytes are those of blocks that were verified and kept; times are milliseconds. */
export interface Retrieval {
  id: RetrievalId;
  /** CIDv1 text. */
  root: string;
  state: RetrievalState;
  live: boolean;
  source: string | null;
  miner: string | null;
  bytes: number;
  blocks: number;
  firstByteMs: number | null;
  durationMs: number | null;
  reasons: AttemptReport[];
  /** How often a worker took it up: the lease number. */
  attempts: number;
  createdAt: Date;
  updatedAt: Date;
}

/** One line of a retrieval's timeline. */
export interface RetrievalTransition {
  from: string;
  to: string;
  cause: string;
  at: Date;
}

/** One try at one source, as it is measured and announced. */
export interface Attempt {
  miner: MinerId | null;
  source: RetrievalSource;
  ok: boolean;
  /** Null when it succeeded. */
  report: AttemptReport | null;
  firstByteMs: number | null;
  durationMs: number;
  /** That came over the wire, verified or not. */
  bytes: number;
}

/** How a retrieval ended. */
export interface Outcome {
  source: string | null;
  miner: string | null;
  bytes: number;
  blocks: number;
  firstByteMs: number | null;
  durationMs: number;
  cause: string;
}

/** Figures over all retrievals. */
export interface RetrievalFigures {
  total: number;
  live: number;
  stored: number;
  failed: number;
  bytes: number;
  medianFirstByteMs: number | null;
}

/** Somebody who ought to have the bytes of a part. */
export interface Holder {
  miner: MinerId;
  /** Base URL of its HTTP retrieval endpoint, when it has one. */
  httpUrl: string | null;
  /** The sector is proven: it has the bytes for sure. */
  sealed: boolean;
}

/** A stretch of the DAG inside one piece. */
export interface HeldPart {
  seq: number;
  /** Null: its commitment is not computed yet. */
  pieceCid: string | null;
  /** Of the run inside the CAR, in bytes. */
  offset: number;
  length: number;
  holders: Holder[];
}

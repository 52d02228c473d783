import type { MinerId, RetrievalId } from '../../shared/index.js';
import type { RetrievalState } from './retrieval-state.js';

/** Where bytes can come from, in the order of the ladder. */
export type RetrievalSource = 'hot' | 'http-car' | 'http-piece' | 'lotus';

/** One try that did not succeed. */
export interface AttemptReport {
  miner: string | null;
  source: RetrievalSource | 'locate' | 'store';
  phase: 'locate' | 'query' | 'retrieval' | 'store';
  reason: string;
  message: string;
}

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
  /** How often a worker took it up; also the fence that keeps a worker presumed dead from writing. */
  attempts: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface RetrievalMoved {
  from: string;
  to: string;
  cause: string;
  at: Date;
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
  pieceCid: string | null;
  /** Of the run inside the CAR. */
  offset: number;
  length: number;
  holders: Holder[];
}

import type { MinerId, RetrievalId } from '../../shared/index.js';
import type { AttemptReport, Retrieval, RetrievalMoved, RetrievalSource } from '../domain/retrieval.js';
import type { RetrievalState } from '../domain/retrieval-state.js';

/** A worker's hold on a retrieval. Its writes count only while the row's attempt is still this one. */
export interface Hold {
  id: RetrievalId;
  root: string;
  attempt: number;
}

export interface Attempt {
  miner: MinerId | null;
  source: RetrievalSource;
  ok: boolean;
  report: AttemptReport | null;
  firstByteMs: number | null;
  durationMs: number;
  bytes: number;
}

export interface Outcome {
  source: string | null;
  miner: string | null;
  bytes: number;
  blocks: number;
  firstByteMs: number | null;
  durationMs: number;
  cause: string;
}

export interface RetrievalFigures {
  total: number;
  live: number;
  stored: number;
  failed: number;
  bytes: number;
  medianFirstByteMs: number | null;
}

/** The retrievals and their timelines. Moves and the events that announce them commit together. */
export abstract class RetrievalStore {
  /** The live retrieval of this root, made when there is none: however many ask at once, one row. */
  abstract request(root: string): Promise<{ id: RetrievalId; created: boolean; attempts: number }>;
  abstract find(id: RetrievalId): Promise<Retrieval | null>;
  /** The newest of this root, or null. */
  abstract latest(root: string): Promise<Retrieval | null>;
  abstract moves(id: RetrievalId): Promise<RetrievalMoved[]>;
  abstract recent(limit: number): Promise<Retrieval[]>;
  abstract figures(): Promise<RetrievalFigures>;
  /** Takes up a live retrieval that nobody holds (any more): it is `locating` then, from scratch. Null when somebody else holds it or it is over. */
  abstract claim(id: RetrievalId, leaseMs: number): Promise<Hold | null>;
  /** False: the hold is lost. */
  abstract renew(hold: Hold, leaseMs: number): Promise<boolean>;
  /** Gives up the hold, so that the next worker need not wait for the lease to end. */
  abstract release(hold: Hold): Promise<void>;
  /** @throws HoldLost when another worker has taken over, IllegalMove when the states do not allow it. */
  abstract move(hold: Hold, to: RetrievalState, cause: string): Promise<void>;
  /** One try at one source is over: into the row's reasons when it failed, and announced. */
  abstract attempted(hold: Hold, attempt: Attempt): Promise<void>;
  /** One try at bringing the CAR of a piece back, which has no row: announced only. `root` is the CAR's. */
  abstract pieceAttempted(root: string, attempt: Attempt): Promise<void>;
  /** verified or locating -> stored, announced. */
  abstract stored(hold: Hold, outcome: Outcome): Promise<void>;
  /** -> failed, announced. The reasons are those of the attempts and these. */
  abstract failed(hold: Hold, outcome: Outcome, more: readonly AttemptReport[]): Promise<void>;
  /** Live retrievals that nobody holds. */
  abstract unheld(limit: number): Promise<{ id: RetrievalId; attempts: number }[]>;
  /** How often each miner failed lately, by our own attempts. */
  abstract recentFailures(miners: readonly string[], sinceMs: number): Promise<Map<string, number>>;
}

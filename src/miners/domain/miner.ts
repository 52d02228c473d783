import type { MinerId } from '../../shared/index.js';
import type { Ask } from '../ports/ask-source.port.js';
import type { Breaker } from './breaker.js';
import type { Success } from './success.js';

/** An ask as we hold it. */
export interface HeldAsk extends Ask {
  /** When it was first, and when it was last heard. */
  at: Date;
  seenAt: Date;
}

/** What the chain says about a miner. */
export interface MinerOnRecord {
  address: MinerId;
  peerId: string | null;
  addresses: string[];
  httpUrl: string | null;
  owner: string | null;
  worker: string | null;
}

export interface Miner extends MinerOnRecord {
  name: string;
  version: string | null;
  suspended: boolean;
  suspendedReason: string | null;
  /** Null: until an operator lifts it. */
  suspendedUntil: Date | null;
  breaker: Breaker;
  success: Success;
  /** The newest, or null when none was ever heard. */
  ask: HeldAsk | null;
  /** Why it did not answer when it was last asked; null while it answers. */
  askError: string | null;
  createdAt: Date;
}

export function isSuspended(miner: Pick<Miner, 'suspended' | 'suspendedUntil'>, now: Date): boolean {
  return miner.suspended && (miner.suspendedUntil === null || miner.suspendedUntil > now);
}

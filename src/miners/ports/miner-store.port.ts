import type { MinerId } from '../../shared/index.js';
import type { Breaker } from '../domain/breaker.js';
import type { Miner, MinerOnRecord, SuspendedBy } from '../domain/miner.js';
import type { Score } from '../domain/score.js';
import type { Success } from '../domain/success.js';
import type { Ask } from './ask-source.port.js';

/** What deals have taught us of a miner. */
export interface Standing {
  breaker: Breaker;
  success: Success;
}

/** The miners that we know, and every ask that they answered with. */
export abstract class MinerStore {
  /** All, by address. */
  abstract list(): Promise<Miner[]>;
  /** Null: no record of it. */
  abstract find(address: MinerId): Promise<Miner | null>;
  /** New miner, or new facts of a known one; names, suspension and standing stay. */
  abstract record(facts: MinerOnRecord): Promise<void>;
  /**
   * A new row only when the ask differs from the newest; otherwise that one was seen again. Clears the ask error. No
   * effect for an unknown miner.
   */
  abstract heardAsk(address: MinerId, ask: Ask, at: Date): Promise<void>;
  /** It did not answer, and why. Its last ask stays. No effect for an unknown miner. */
  abstract missedAsk(address: MinerId, reason: string, at: Date): Promise<void>;
  /** Changes the standing under a lock: two outcomes at the same time both count. No effect for an unknown miner. */
  abstract changeStanding(address: MinerId, change: (before: Standing) => Standing): Promise<void>;
  /** Takes the one probe of a half-open breaker until `until`: false when somebody else has it. */
  abstract claimProbe(address: MinerId, now: Date, until: Date): Promise<boolean>;
  /** Its score now, and as that of the UTC day in its course. False when there is no such miner. */
  abstract recordScore(address: MinerId, score: Score & { heldDeals: number }, now: Date): Promise<boolean>;
  /**
   * Announces it in the same transaction. False when there is no such miner, or when a rule would suspend one that is
   * suspended. Until its end, or its being lifted, rules have judged all there is.
   */
  abstract suspend(address: MinerId, reason: string, until: Date | null, by?: SuspendedBy): Promise<boolean>;
  /** The same the other way. What was before is forgiven: rules look at what comes. */
  abstract unsuspend(address: MinerId): Promise<boolean>;
  /** False when there is no such miner. */
  abstract rename(address: MinerId, name: string): Promise<boolean>;
  /** Null: not known. False when there is no such miner. */
  abstract place(address: MinerId, region: string | null): Promise<boolean>;
}

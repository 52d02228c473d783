import type { DealId, MinerId } from '../../shared/index.js';
import type { DealRole } from './deal.js';
import type { DealState } from './deal-state.js';
import { failureReasons, type FailureReason, isOurs } from './failure.js';

/** A live deal, as far as the plan looks at it. */
interface SlotHolder {
  id: DealId;
  miner: MinerId;
  slot: number;
  role: DealRole;
  state: DealState;
}

/** A deal that is to be made. */
export interface OpenSlot {
  slot: number;
  /** What a deal there would be: the one that counts, or the successor of an expiring one. */
  role: 'current' | 'renewal';
  /** The expiring deal that it would replace. */
  renews: DealId | null;
}

interface SlotPlan {
  /** Deals beside a current one that is gone: they are the current ones now. */
  promote: DealId[];
  /** Slots that want a deal. */
  open: OpenSlot[];
}

/** What a piece lacks, given its live deals: every slot wants one deal, an expiring one also a successor. */
export function planSlots(replication: number, live: readonly SlotHolder[]): SlotPlan {
  const plan: SlotPlan = { promote: [], open: [] };
  for (let slot = 0; slot < replication; slot += 1) {
    const inSlot = live.filter((deal) => deal.slot === slot);
    const current = inSlot.find(({ role }) => role === 'current');
    const beside = inSlot.find(({ role }) => role !== 'current');
    if (current === undefined) {
      if (beside !== undefined) plan.promote.push(beside.id);
      else plan.open.push({ slot, role: 'current', renews: null });
    } else if (current.state === 'expiring' && beside === undefined) {
      plan.open.push({ slot, role: 'renewal', renews: current.id });
    }
  }
  return plan;
}

/** A deal of the piece that did not work out. */
export interface PastFailure {
  miner: MinerId;
  reason: FailureReason | null;
  at: Date;
}

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;
const OWN_PAUSE_MS = 10 * 60_000;
const PERMANENT_PAUSE_MS = 7 * 24 * 3_600_000;

/**
 * Miners that are not to be asked for this piece now: each failure doubles the pause, a refusal that will not change
 * holds a week.
 */
export function pausedMiners(failures: readonly PastFailure[], now: Date): Set<MinerId> {
  const paused = new Set<MinerId>();
  const byMiner = new Map<MinerId, PastFailure[]>();
  for (const failure of failures) {
    byMiner.set(failure.miner, [...(byMiner.get(failure.miner) ?? []), failure]);
  }
  for (const [miner, list] of byMiner) {
    const last = Math.max(...list.map(({ at }) => at.getTime()));
    // What was our own fault is mended some time: the miner is no worse for it.
    const longest = list.every(({ reason }) => reason !== null && isOurs(reason)) ? OWN_PAUSE_MS : LONGEST_PAUSE_MS;
    const permanent = list.some(({ reason }) => reason !== null && failureReasons[reason].permanent);
    const pause = permanent ? PERMANENT_PAUSE_MS : Math.min(longest, FIRST_PAUSE_MS * 2 ** (list.length - 1));
    if (now.getTime() < last + pause) paused.add(miner);
  }
  return paused;
}

/** Exponential pause: doubles from `firstMs`, never above `longestMs`. Work is never given up for good. */
export function pauseAfter(attempts: number, firstMs: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(attempts - 1, 0), 30));
}

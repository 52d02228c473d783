import type { Epoch } from '../../shared/index.js';
import type { FailureReason } from './failure.js';
import type { Verdict } from './verdict.js';

/**
 * A loss that the chain or the node reports and that is not believed yet: a node that lags behind, was restored from a
 * backup or follows a fork says such things of deals that are alive.
 */
export interface Doubt {
  /** What was seen; another finding starts anew. */
  of: FailureReason | 'ended';
  /** How often in a row. */
  count: number;
  /** Head of the first time. */
  since: Epoch;
}

/** A loss is believed when it was seen so often in a row … */
export const LOSS_OBSERVATIONS = 3;
/** … from heads that lie this far apart: five minutes of the main network. */
export const LOSS_EPOCHS = 10;
/** A head whose block is older than this, or as far in the future, decides about nothing. Lotus itself speaks of sync. */
const FRESH_MS = 5 * 60_000;
/** Heads of a node that is in order never go back further than a short fork. */
const FORK_EPOCHS = 20;

/** What only the chain or the client node's memory says of a deal; what a miner says ends it at once. */
const DOUBTED: ReadonlySet<FailureReason> = new Set([
  'chain-deal-missing',
  'chain-deal-mismatch',
  'slashed',
  'start-epoch-passed',
  'proposal-forgotten',
]);

/**
 * Whether a deal may be given up by this head. `highest`: the highest that this node ever showed us.
 * `timestamp`: Unix seconds of the head's block.
 */
export function isFreshHead(head: { height: Epoch; timestamp: number }, highest: Epoch, now: Date): boolean {
  return Math.abs(now.getTime() - head.timestamp * 1000) <= FRESH_MS && head.height >= highest - FORK_EPOCHS;
}

/** What is left of a verdict when losses have to be seen repeatedly: it, a doubt to be kept, or nothing to do. */
export function weigh(
  verdict: Verdict,
  doubt: Doubt | null,
  { head, fresh }: { head: Epoch; fresh: boolean },
): Verdict | { kind: 'doubt'; doubt: Doubt } {
  const loss = lossIn(verdict);
  if (loss === null) return verdict;
  if (!fresh) return { kind: 'stay', bytesSent: null };
  const seen = observed(doubt, loss, head);
  const believed = seen.count >= LOSS_OBSERVATIONS && head - seen.since >= LOSS_EPOCHS;
  return believed ? verdict : { kind: 'doubt', doubt: seen };
}

function lossIn(verdict: Verdict): Doubt['of'] | null {
  if (verdict.kind === 'fail' && DOUBTED.has(verdict.failure.reason)) return verdict.failure.reason;
  return verdict.kind === 'advance' && verdict.to === 'ended' ? 'ended' : null;
}

/** The same loss once more; another one, or a head before the first, starts anew. */
function observed(doubt: Doubt | null, of: Doubt['of'], head: Epoch): Doubt {
  if (doubt === null || doubt.of !== of || head < doubt.since) return { of, count: 1, since: head };
  return { ...doubt, count: doubt.count + 1 };
}

import type { Epoch } from '../../shared/index.js';
import type { Doubt } from './deal.js';
import type { FailureReason } from './failure.js';
import type { Verdict } from './verdict.js';

/** A loss is believed when it was seen so often in a row … */
export const LOSS_OBSERVATIONS = 3;
/** … from heads that lie this far apart: five minutes of the main network. */
export const LOSS_EPOCHS = 10;

/** What only the chain or the client node's memory says of a deal; what a miner says ends it at once. */
const DOUBTED: ReadonlySet<FailureReason> = new Set([
  'chain-deal-missing',
  'chain-deal-mismatch',
  'slashed',
  'start-epoch-passed',
  'proposal-forgotten',
]);

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

import { describe, expect, it } from '@jest/globals';
import type { Doubt } from './deal.js';
import { LOSS_EPOCHS, LOSS_OBSERVATIONS, weigh } from './doubt.js';
import type { FailureReason } from './failure.js';
import type { Verdict } from './verdict.js';

const lost = (reason: FailureReason): Verdict => ({
  kind: 'fail',
  to: 'failed',
  failure: { phase: 'check-chain-deal', reason, message: 'gone' },
  facts: {},
  epoch: 100,
  cancel: false,
});
const ended: Verdict = { kind: 'advance', to: 'ended', facts: {}, cause: 'its time is over', epoch: 100 };

/** Looks one after the other; each says what it saw at which head. Answers what became of the last. */
function looks(...seen: [head: number, verdict: Verdict, fresh?: boolean][]) {
  let doubt: Doubt | null = null;
  let outcome: ReturnType<typeof weigh> | null = null;
  for (const [head, verdict, fresh = true] of seen) {
    outcome = weigh(verdict, doubt, { head, fresh });
    if (outcome.kind === 'doubt') doubt = outcome.doubt;
    else if (fresh) doubt = null;
  }
  return outcome;
}

describe('a loss', () => {
  const missing = lost('chain-deal-missing');

  it.each<FailureReason>([
    'chain-deal-missing',
    'slashed',
    'start-epoch-passed',
    'proposal-forgotten',
    'chain-deal-mismatch',
  ])('is not believed the first time: %s', (reason) => {
    expect(looks([100, lost(reason)])).toEqual({ kind: 'doubt', doubt: { of: reason, count: 1, since: 100 } });
  });

  it('is believed when it was seen often enough, from heads that lie far enough apart', () => {
    expect([LOSS_OBSERVATIONS, LOSS_EPOCHS]).toEqual([3, 10]);
    expect(looks([100, missing], [101, missing], [102, missing], [109, missing])?.kind).toBe('doubt');
    expect(looks([100, missing], [110, missing])?.kind).toBe('doubt');
    expect(looks([100, missing], [105, missing], [110, missing])).toBe(missing);
  });

  it('starts anew when something else was seen between, or the head went back', () => {
    const alive: Verdict = { kind: 'stay', bytesSent: null };
    expect(looks([100, missing], [105, missing], [106, alive], [110, missing])?.kind).toBe('doubt');
    expect(looks([100, missing], [105, lost('slashed')], [110, missing])?.kind).toBe('doubt');
    expect(looks([100, missing], [95, missing], [104, missing])).toMatchObject({ doubt: { count: 2, since: 95 } });
  });

  it('is not even counted by a head that is not fresh', () => {
    expect(looks([100, missing, false], [105, missing, false], [120, missing, false])).toEqual({
      kind: 'stay',
      bytesSent: null,
    });
  });

  it('of time that is over is held to the same', () => {
    expect(looks([100, ended])?.kind).toBe('doubt');
    expect(looks([100, ended], [105, ended], [110, ended])).toBe(ended);
  });

  it('that a miner names itself, and everything that is no loss, counts at once', () => {
    const refused = lost('transfer-failed');
    expect(looks([100, refused])).toBe(refused);
    const active: Verdict = { kind: 'advance', to: 'active', facts: {}, cause: 'sealed', epoch: 99 };
    expect(looks([100, active, false])).toBe(active);
  });
});

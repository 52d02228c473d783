import { describe, expect, it } from '@jest/globals';
import type { Evidence } from './score.js';
import type { Dimension } from './score-weights.js';
import { judge, suspensionRules } from './suspension-rules.js';

const now = new Date('2026-05-20T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const of = (dimension: Dimension, successes: number, failures: number, hours = 1): Evidence => ({
  at: hoursAgo(hours),
  dimension,
  successes,
  failures,
});

describe('the rules of suspension', () => {
  it.each(suspensionRules.map((rule) => [rule.dimension, rule] as const))(
    'apply by %s from as many outcomes as they name, and have an end',
    (dimension, { atLeast, suspendHours, because }) => {
      const judgement = judge([of(dimension, 0, atLeast)], null, now);
      expect(judgement?.reason).toContain(because);
      expect(judgement?.until).toEqual(new Date(now.getTime() + suspendHours * 3_600_000));
      expect(judge([of(dimension, 0, atLeast - 1)], null, now)).toBeNull();
    },
  );

  it('do not apply to a miner that fails now and then', () => {
    expect(
      judge([of('accept', 30, 20), of('retrieve', 30, 20), of('seal', 10, 10), of('keep', 90, 1)], null, now),
    ).toBeNull();
  });

  it('say what was counted', () => {
    expect(judge([of('retrieve', 1, 24)], null, now)?.reason).toBe(
      'automatic: it does not give data back (1 of 25 went well in 24 h)',
    );
  });

  it('look at nothing older than they say, nor at what was forgiven', () => {
    expect(judge([of('retrieve', 0, 50, 30)], null, now)).toBeNull();
    expect(judge([of('retrieve', 0, 50, 10)], hoursAgo(5), now)).toBeNull();
    expect(judge([of('retrieve', 0, 50, 3)], hoursAgo(5), now)).not.toBeNull();
  });
});

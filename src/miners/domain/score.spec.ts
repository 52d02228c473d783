import { describe, expect, it } from '@jest/globals';
import { HALF_LIFE_DAYS, scoreWeights, type Dimension } from './score-weights.js';
import { type Evidence, lowerBound, scoreOf } from './score.js';

const now = new Date('2026-05-20T12:00:00Z');
const of = (dimension: Dimension, successes: number, failures = 0, at = now): Evidence => ({
  at,
  dimension,
  successes,
  failures,
});
const lineOf = (evidence: Evidence[], dimension: Dimension) =>
  scoreOf(evidence, now).lines.find((line) => line.dimension === dimension);

describe('a score', () => {
  it('is made of weights that add up to one', () => {
    expect(Object.values(scoreWeights).reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it('is 5 of 100 for a miner of whom nothing is known', () => {
    expect(scoreOf([], now)).toMatchObject({ score: 5, evidence: 0 });
  });

  it('is the sum of its lines, each of them bound times weight', () => {
    const { score, lines } = scoreOf([of('accept', 41, 2), of('seal', 30, 1), of('retrieve', 5)], now);
    expect(score).toBeCloseTo(
      lines.reduce((sum, line) => sum + line.contribution, 0),
      3,
    );
    for (const line of lines) expect(line.contribution).toBeCloseTo(line.bound * line.weight * 100, 1);
    expect(lines.find(({ dimension }) => dimension === 'accept')).toMatchObject({
      counted: { s: 41, n: 43 },
      evidence: { s: 41, n: 43 },
      weight: 0.2,
    });
  });

  it('trusts much evidence more than little at the same rate', () => {
    expect(lowerBound(1, 0)).toBeLessThan(lowerBound(10, 0));
    expect(lowerBound(41, 2)).toBeCloseTo(0.865, 2);
    expect(lowerBound(9, 1)).toBeLessThan(lowerBound(90, 10));
  });

  it('counts what is a half-life ago half, and shows both counts', () => {
    const before = new Date(now.getTime() - HALF_LIFE_DAYS * 86_400_000);
    expect(lineOf([of('keep', 10, 0, before)], 'keep')).toMatchObject({
      counted: { s: 10, n: 10 },
      evidence: { s: 5, n: 5 },
    });
  });

  it('stands still within a day, and falls when nothing new is heard', () => {
    const evidence = [of('accept', 20), of('retrieve', 20)];
    const at = (time: string) => scoreOf(evidence, new Date(time)).score;
    expect(at('2026-05-20T23:59:59Z')).toBe(at('2026-05-20T12:00:00Z'));
    expect(at('2026-06-20T12:00:00Z')).toBeLessThan(at('2026-05-20T12:00:00Z'));
  });

  it('falls with every failure', () => {
    expect(scoreOf([of('retrieve', 20, 5)], now).score).toBeLessThan(scoreOf([of('retrieve', 20)], now).score);
  });
});

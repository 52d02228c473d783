import { describe, expect, it } from '@jest/globals';
import { stepsOf } from './score-of';

describe('a score', () => {
  it('says of each line what was counted', () => {
    const line = {
      dimension: 'accept',
      about: 'proposals that it accepted',
      counted: { s: 41, n: 43 },
      bound: 0.87,
      weight: 0.2,
    };
    const steps = stepsOf({
      score: 17.4,
      at: '',
      halfLifeDays: 14,
      lines: [{ ...line, contribution: 17.4 }],
      course: [],
    });
    expect(steps).toEqual([
      { name: 'accept', evidence: '41 of 43 proposals that it accepted', bound: 0.87, weight: 0.2, contribution: 17.4 },
    ]);
  });
});

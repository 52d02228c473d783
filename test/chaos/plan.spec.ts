import { describe, expect, it } from '@jest/globals';
import { planRound } from './plan.js';
import { bytesOf, Random } from './random.js';

const rounds = Array.from({ length: 300 }, (_, round) => planRound('seed', round));

describe('the plan', () => {
  it('follows from seed and round alone', () => {
    expect(planRound('seed', 7)).toEqual(rounds[7]);
    expect(planRound('another', 7)).not.toEqual(rounds[7]);
  });

  it('has every operation and every fault in it, on every process', () => {
    const operations = new Set(rounds.flatMap((plan) => plan.operations.map(({ what }) => what)));
    expect([...operations].sort()).toEqual(
      ['delete', 'miner-trouble', 'offload', 'pin', 'read', 'remove-pin', 'replace-pin', 'upload'].sort(),
    );
    const faults = rounds.flatMap((plan) => plan.faults);
    expect(new Set(faults.map(({ what }) => what)).size).toBe(8);
    const killed = new Set(faults.flatMap((fault) => (fault.what === 'kill' ? [fault.victim] : [])));
    expect([...killed].sort()).toEqual(['api', 'backend', 'devnet', 'launcher', 'npm', 'postgres', 'worker']);
  });

  it('gives every upload and every pin a name of its own', () => {
    const names = rounds.flatMap((plan) => plan.operations.flatMap((one) => ('name' in one ? [one.name] : [])));
    expect(new Set(names).size).toBe(names.length);
  });

  it('goes from one byte to tens of megabytes', () => {
    const sizes = rounds.flatMap((plan) =>
      plan.operations.flatMap((one) => (one.what === 'upload' ? [one.recipe.size] : [])),
    );
    expect(Math.min(...sizes)).toBeLessThan(100);
    expect(Math.max(...sizes)).toBeGreaterThan(20 * 1024 ** 2);
  });
});

describe('bytes by a recipe', () => {
  it('are the same each time, and others for another seed', () => {
    const recipe = { seed: 'a', size: 1_000 };
    expect(bytesOf(recipe).equals(bytesOf({ ...recipe }))).toBe(true);
    expect(bytesOf({ ...recipe, seed: 'b' }).equals(bytesOf(recipe))).toBe(false);
    expect(bytesOf({ seed: 'a', size: 0 })).toHaveLength(0);
  });
});

describe('numbers by a seed', () => {
  it('lie in their range and reach its ends', () => {
    const random = new Random('seed', 'label');
    const drawn = new Set(Array.from({ length: 500 }, () => random.whole(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  });

  it('shuffle without losing anything', () => {
    const items = [1, 2, 3, 4, 5];
    expect(new Random('seed', 'order').shuffled(items).sort()).toEqual(items);
  });
});

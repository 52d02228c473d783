import { describe, expect, it } from '@jest/globals';
import { NoIpfsNode, PinStalled } from '../pinning.errors.js';
import { pauseAfter, reasonOf, restAfter } from './retry-policy.js';

describe('what follows a failed attempt', () => {
  it('is a pause that doubles, up to ten minutes, for what may pass', () => {
    const unnamed = new Error('a socket hung up');
    expect([0, 1, 2, 3].map((failures) => pauseAfter(unnamed, failures))).toEqual([15_000, 30_000, 60_000, 120_000]);
    expect(pauseAfter(new NoIpfsNode(), 0)).toBe(15_000);
  });

  it('is the end after five failures, and at once for what says that it does not pass', () => {
    expect(pauseAfter(new Error('again'), 4)).toBeNull();
    expect(pauseAfter(new PinStalled(30, 0), 0)).toBeNull();
  });

  it('is told to the owner by name; what has none says nothing of our insides', () => {
    expect(reasonOf(new PinStalled(30, 7))).toBe('ERR_PIN_NO_PROGRESS: no block arrived for 30 s, after 7 blocks');
    expect(reasonOf(new Error('/secret/path'))).toBe('ERR_INTERNAL_SERVER: unexpected failure');
  });

  it('lets a preempted pin rest as long as it was looked for, between five seconds and a minute', () => {
    expect([0, 20_000, 3_600_000].map(restAfter)).toEqual([5_000, 20_000, 60_000]);
  });
});

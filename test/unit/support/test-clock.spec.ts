import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../support/test-clock.js';

describe('the clock of the tests', () => {
  it('stands still until it is advanced', async () => {
    const clock = new TestClock({ at: '2030-01-01T00:00:00Z' });
    clock.advance(1_500);
    expect(clock.now()).toEqual(new Date('2030-01-01T00:00:01.500Z'));
    clock.set('2029-01-01T00:00:00Z');
    expect(clock.now()).toEqual(new Date('2029-01-01T00:00:00Z'));
  });

  it('moves on by what is slept, at once', async () => {
    const clock = new TestClock({ at: '2030-01-01T00:00:00Z' });
    await clock.sleep(3_600_000);
    expect(clock.now()).toEqual(new Date('2030-01-01T01:00:00Z'));
  });

  it('does not sleep for who has given up', async () => {
    const clock = new TestClock();
    const before = clock.now();
    await expect(clock.sleep(10, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(clock.now()).toEqual(before);
  });

  it('running, shows the real time ahead by what was slept', async () => {
    const clock = TestClock.running();
    await clock.sleep(60_000);
    expect(clock.now().getTime() - Date.now()).toBeGreaterThan(59_000);
    expect(clock.now().getTime() - Date.now()).toBeLessThan(62_000);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Throttle } from './throttle.js';

describe('A throttled stream', () => {
  it('takes as long as its bytes take on the link', async () => {
    const throttle = new Throttle(() => 1_000_000);
    const start = performance.now();
    for (let piece = 0; piece < 10; piece++) await throttle.passed(10_000);
    expect(performance.now() - start).toBeGreaterThanOrEqual(90);
  });

  it('is not slowed while it is slower than its link', async () => {
    const throttle = new Throttle(() => 1e12);
    const start = performance.now();
    for (let piece = 0; piece < 1_000; piece++) await throttle.passed(10_000);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('ends at once when it is told to', async () => {
    const control = new AbortController();
    const waiting = new Throttle(() => 1).passed(1_000_000, control.signal);
    control.abort();
    await expect(waiting).rejects.toThrow();
  });
});

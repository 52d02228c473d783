import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { IdleTimeout } from './idle-timeout.js';

describe('the time in which a node may do nothing', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('ends the work by name when nothing happens', () => {
    const idle = new IdleTimeout(1_000, new AbortController().signal);
    jest.advanceTimersByTime(999);
    expect(idle.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(idle.signal.reason).toMatchObject({ code: 'ERR_IPFS_NODE_STALLED', retryable: true });
  });

  it('begins anew with every sign of life, and is over with the work', () => {
    const idle = new IdleTimeout(1_000, new AbortController().signal);
    for (let step = 0; step < 5; step += 1) {
      jest.advanceTimersByTime(900);
      idle.progress();
    }
    idle.end();
    jest.advanceTimersByTime(10_000);
    expect(idle.signal.aborted).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('hands on why somebody else ended the work', () => {
    const outer = new AbortController();
    const idle = new IdleTimeout(1_000, outer.signal);
    outer.abort(new Error('shutting down'));
    expect(idle.signal.reason).toEqual(new Error('shutting down'));
    idle.end();
  });
});

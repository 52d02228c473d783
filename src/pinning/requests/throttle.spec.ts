import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Throttle } from './throttle.js';

describe('a throttle', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('begins at once, then does once for all who call meanwhile, and rests when nobody does', () => {
    let done = 0;
    const throttle = new Throttle(() => {
      done += 1;
      return Promise.reject(new Error('nobody is hurt'));
    }, 100);
    throttle.call();
    expect(done).toBe(1);
    for (let n = 0; n < 50; n++) throttle.call();
    expect(done).toBe(1);
    jest.advanceTimersByTime(100);
    expect(done).toBe(2);
    jest.advanceTimersByTime(1_000);
    expect(done).toBe(2);
    throttle.call();
    expect(done).toBe(3);
  });
});

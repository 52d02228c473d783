import { describe, expect, it } from '@jest/globals';
import { atOnce, inSlices, noteConnection, pauseIfDue } from './event-loop.js';

/** Keeps the thread busy. */
function work(ms: number): void {
  const began = performance.now();
  while (performance.now() - began < ms);
}

describe('work that shares the event loop', () => {
  it('goes on at once while its slice lasts, and pauses when it is used up', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(pauseIfDue()).toBeUndefined();
    work(10);
    const pause = pauseIfDue();
    expect(pause).toBeInstanceOf(Promise);
    await pause;
    expect(pauseIfDue()).toBeUndefined();
  });

  it('is little in each turn that follows a connection, for others may wait behind it', async () => {
    // All that still waits has gone on, and nobody has begun a slice.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    const turnOf: number[] = [];
    let turn = 0;
    const count = (): void => {
      turn += 1;
      noteConnection();
      if (turnOf.length < 20) setImmediate(count);
    };
    count();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        work(1);
        await pauseIfDue();
        turnOf.push(turn);
        work(1);
      }),
    );
    expect(new Set(turnOf).size).toBeGreaterThan(15);
  });

  it('leaves timers their turn, however much of it there is, and none of it is forgotten', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    let steps = 0;
    const one = async (): Promise<void> => {
      for (let step = 0; step < 20; step++) {
        work(1);
        steps++;
        await pauseIfDue();
      }
    };
    await Promise.all(Array.from({ length: 10 }, one));
    clearInterval(timer);
    expect(steps).toBe(200);
    // 200 ms of work in slices of five.
    expect(turns).toBeGreaterThan(10);
  });

  it('is served in the order in which it came', async () => {
    work(10);
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (name) => {
        void pauseIfDue();
        work(6);
        await pauseIfDue();
        order.push(name);
      }),
    );
    expect(order).toEqual([1, 2, 3]);
  });

  it('that yields can be run with and without pauses, and its failure is the caller’s', async () => {
    function* counting(): Generator<void, number> {
      for (let step = 0; step < 5; step++) {
        work(2);
        yield;
      }
      return 5;
    }
    function* failing(): Generator<void, number> {
      throw new Error('broken');
    }
    expect([await inSlices(counting()), atOnce(counting())]).toEqual([5, 5]);
    await expect(inSlices(failing())).rejects.toThrow('broken');
    expect(() => atOnce(failing())).toThrow('broken');
  });
});

import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { pinRequestId, userId } from '../../shared/index.js';
import type { PinClaim } from '../pin.js';
import { PinFetchTask } from './pin-fetch-task.js';
import { TransferSlots } from './transfer-slots.js';

const timeouts = { idleMs: 30_000, longestMs: 60_000 };

function claimOf(lookedMs = 0): PinClaim {
  const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
  return {
    leaseNumber: 1,
    pin: {
      requestId: pinRequestId(randomUUID()),
      userId: userId(randomUUID()),
      cid,
      cidV1: cid,
      name: null,
      origins: [],
      meta: {},
      status: 'pinning',
      reason: null,
      progress: null,
      contentId: null,
      leaseNumber: 1,
      failures: 0,
      lookedMs,
      createdAt: new Date(),
    },
  };
}

describe('the task of fetching a pin', () => {
  let clock: TestClock;
  let slots: TransferSlots;
  beforeEach(() => {
    clock = new TestClock();
    slots = new TransferSlots(1, clock);
  });
  const taskOf = (claim = claimOf(), shutdown = new AbortController().signal) =>
    new PinFetchTask(claim, slots, clock, timeouts, shutdown);
  const reasonOf = ({ signal }: PinFetchTask) => (signal.reason as { code?: string } | undefined)?.code;

  it('is looking until its first block has a slot, parked while it waits for one, then transferring', async () => {
    const [first, second] = [taskOf(), taskOf()];
    expect(first.stage).toBe('looking');
    await first.waitForSlot();
    const waiting = second.waitForSlot();
    expect([first.stage, second.stage]).toEqual(['transferring', 'parked']);
    first.end();
    await waiting;
    expect(second.stage).toBe('transferring');
  });

  it('stops when nothing was found for as long as allowed, over all its claims', () => {
    const [fresh, again] = [taskOf(), taskOf(claimOf(25_000))];
    clock.advance(5_000);
    for (const task of [fresh, again]) task.checkTimeouts();
    expect([reasonOf(fresh), reasonOf(again)]).toEqual([undefined, 'ERR_PIN_NO_PROGRESS']);
    expect([fresh.lookedMs, again.lookedMs]).toEqual([5_000, 30_000]);
  });

  it('stops when no block came for as long as allowed, counted from the last one', async () => {
    const task = taskOf();
    await task.waitForSlot();
    clock.advance(29_000);
    task.arrived(10);
    clock.advance(29_000);
    task.checkTimeouts();
    expect(task.signal.aborted).toBe(false);
    clock.advance(1_000);
    task.checkTimeouts();
    expect(reasonOf(task)).toBe('ERR_PIN_NO_PROGRESS');
    expect(task.progress).toEqual({ blocks: 1, bytes: 10, sources: 0 });
  });

  it('counts no time in which it waits for a slot, or for what somebody else watches over', async () => {
    const [first, second] = [taskOf(), taskOf()];
    await first.waitForSlot();
    const waiting = second.waitForSlot();
    let done: () => void = () => undefined;
    const restoring = first.withoutTimeout(new Promise<void>((resolve) => (done = resolve)));
    clock.advance(3_600_000);
    for (const task of [first, second]) task.checkTimeouts();
    expect([first.signal.aborted, second.signal.aborted]).toEqual([false, false]);
    done();
    await restoring;
    first.end();
    await waiting;
  });

  it('stops when the transfer takes longer than a pin may, however steadily blocks come', async () => {
    const task = taskOf();
    await task.waitForSlot();
    for (let n = 0; n < 60; n++) {
      expect(task.signal.aborted).toBe(false);
      clock.advance(1_000);
      task.arrived(1);
      task.checkTimeouts();
    }
    expect(reasonOf(task)).toBe('ERR_PIN_TIMEOUT');
  });

  it('keeps the first reason for which it was stopped, and a wait for a slot ends with it', async () => {
    const [first, second] = [taskOf(), taskOf()];
    await first.waitForSlot();
    const waiting = second.waitForSlot();
    second.preempt();
    second.leaseLost();
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_PIN_PREEMPTED' });
    first.leaseLost();
    await expect(first.waitForSlot()).rejects.toMatchObject({ code: 'ERR_PIN_TAKEN_AWAY' });
  });

  it('stops with the worker', () => {
    const shutdown = new AbortController();
    const task = taskOf(claimOf(), shutdown.signal);
    shutdown.abort(new Error('shutting down'));
    expect(task.signal.reason).toMatchObject({ message: 'shutting down' });
  });
});

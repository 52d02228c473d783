import { describe, expect, it } from '@jest/globals';
import { userId, type UserId } from '../../shared/index.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { TransferSlots, type Transfer } from './transfer-slots.js';

const [a, b, c] = ['a', 'b', 'c'].map(userId) as [UserId, UserId, UserId];
const never = new AbortController().signal;

function slotsOf(size: number) {
  const clock = TestClock.running();
  const slots = new TransferSlots(size, clock);
  const join = (owner: UserId, count: number) => Array.from({ length: count }, () => slots.join(owner));
  return { clock, slots, join };
}
const running = (transfers: Transfer[]) => transfers.filter((transfer) => transfer.running).length;

describe('slots for transfers', () => {
  it('are as many as there are, in the order of coming for one account', async () => {
    const { join } = slotsOf(2);
    const [first, second, third] = join(a, 3) as [Transfer, Transfer, Transfer];
    await Promise.all([first.turn(never), second.turn(never)]);
    let turn = false;
    const waiting = third.turn(never).then(() => {
      turn = true;
    });
    await Promise.resolve();
    expect(turn).toBe(false);
    second.end();
    second.end();
    await waiting;
    expect(running([first, third])).toBe(2);
  });

  it('go to an account that has none at once, however many another one has', async () => {
    const { join } = slotsOf(8);
    const heavy = join(a, 60);
    const [light] = join(b, 1) as [Transfer];
    await light.turn(never);
    expect(running(heavy)).toBe(7);
    light.end();
    expect(running(heavy)).toBe(8);
  });

  it('are given back first to what had begun', () => {
    const { join } = slotsOf(2);
    const heavy = join(a, 5);
    const [light] = join(b, 1) as [Transfer];
    light.end();
    expect(heavy.map((transfer) => transfer.running)).toEqual([true, true, false, false, false]);
  });

  it('are shared by weight', () => {
    const { slots, join } = slotsOf(8);
    slots.weights = new Map([[b, 3]]);
    const [plain, heavy] = [join(a, 20), join(b, 20)];
    expect([running(plain), running(heavy)]).toEqual([2, 6]);
  });

  it('are not handed back and forth between equals before a long turn is over', () => {
    const { clock, slots, join } = slotsOf(2);
    const [one, two, three] = [join(a, 1), join(b, 1), join(c, 1)];
    slots.rotate();
    expect([one, two, three].map(running)).toEqual([1, 1, 0]);
    clock.advance(30_000);
    slots.rotate();
    expect([one, two, three].map(running).sort()).toEqual([0, 1, 1]);
    expect(running(three)).toBe(1);
    slots.rotate();
    expect(running(three)).toBe(1);
  });

  it('make a transfer that lost its slot wait before its next block, and end with the signal', async () => {
    const { join } = slotsOf(1);
    const [first] = join(a, 1) as [Transfer];
    const [second] = join(a, 1) as [Transfer];
    const stop = new AbortController();
    const waiting = second.turn(stop.signal);
    stop.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    second.end();
    first.end();
    const [third] = join(b, 1) as [Transfer];
    await third.turn(never);
    expect(third.running).toBe(true);
  });
});

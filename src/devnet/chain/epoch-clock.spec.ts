import { describe, expect, it } from '@jest/globals';
import { Database } from '../storage/database.js';
import { EpochClock } from './epoch-clock.js';
import { until } from '../../../test/support/until.js';

describe('The chain', () => {
  it('goes on from the stored height and makes no epochs while it is away', () => {
    const db = new Database(':memory:');
    let now = 1_000_000;
    const first = new EpochClock(db, 1000, () => now);
    first.advance(41, () => undefined);
    now += 3_600_000;
    const second = new EpochClock(db, 1000, () => now);
    expect(second.height).toBe(42);
    expect(second.timestamp(42)).toBe(Math.floor(now / 1000));
    expect(second.timestamp(1)).toBeLessThan(second.timestamp(42));
  });

  it('stops at every epoch in which something is due when it is moved on quickly', () => {
    const clock = new EpochClock(new Database(':memory:'), 1000, () => 0);
    const due = [10, 500_000];
    const seen: number[] = [];
    clock.onEpoch = (height) => {
      seen.push(height);
      while (due[0] !== undefined && due[0] <= height) due.shift();
    };
    clock.advance(1_000_000, () => due[0]);
    expect(seen).toEqual([10, 500_000, 1_000_001]);
  });

  it('keeps the old height when something in the new epoch fails', () => {
    const db = new Database(':memory:');
    const clock = new EpochClock(db, 1000, () => 0);
    clock.onEpoch = () => {
      throw new Error('trouble');
    };
    expect(() => clock.advance(1, () => undefined)).toThrow('trouble');
    expect([clock.height, db.meta('height', () => 'none')]).toEqual([1, '1']);
  });

  it('stands still on a full disk, says so once, and goes on when there is room', async () => {
    const said: string[] = [];
    const clock = new EpochClock(new Database(':memory:'), 5, Date.now, (line) => said.push(line));
    let full = true;
    clock.onEpoch = () => {
      if (full) throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    };
    clock.start();
    await until(() => said.length === 1);
    expect([clock.height, said]).toEqual([
      1,
      [expect.stringContaining('the disk is full; the chain stands still at epoch 1')],
    ]);
    full = false;
    await until(() => clock.height > 3);
    clock.stop();
    expect(said).toEqual([expect.anything(), expect.stringContaining('there is room again')]);
  });
});

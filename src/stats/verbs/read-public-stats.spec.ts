import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { CountTotals, ReadPublicStats, type Totals } from './read-public-stats.js';

const totals: Totals = {
  totalStorage: 0,
  totalFilesStored: 0,
  totalObjectsRef: 0,
  totalBytesUploaded: 0,
  dealsOnChain: 0,
  dealsActive: 0,
  totalUsers: 0,
  totalStorageMiner: 0,
  bytesOut: 0,
};

/** Counts how often it is asked; each answer has one user more. */
class Counting implements Pick<CountTotals, 'run'> {
  asked = 0;
  failing = false;

  async run(): Promise<Totals> {
    this.asked++;
    if (this.failing) throw new Error('the database is away');
    return { ...totals, totalUsers: this.asked };
  }
}

describe('the headline numbers', () => {
  let clock: TestClock;
  let counting: Counting;
  let read: ReadPublicStats;
  beforeEach(() => {
    clock = new TestClock({ at: '2026-01-01T00:00:00Z' });
    counting = new Counting();
    read = new ReadPublicStats(counting as unknown as CountTotals, clock);
  });

  it('are counted once for all who ask within two seconds, and say when', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => read.run()));
    clock.advance(1_900);
    answers.push(await read.run());
    expect(counting.asked).toBe(1);
    expect(new Set(answers.map(({ asOf }) => asOf.toISOString()))).toEqual(new Set(['2026-01-01T00:00:00.000Z']));
  });

  it('are counted again after that', async () => {
    await read.run();
    clock.advance(2_100);
    expect(await read.run()).toEqual({
      asOf: new Date('2026-01-01T00:00:02.100Z'),
      totals: { ...totals, totalUsers: 2 },
    });
  });

  it('are counted again at once after a failure', async () => {
    counting.failing = true;
    await expect(read.run()).rejects.toThrow('the database is away');
    counting.failing = false;
    expect((await read.run()).totals.totalUsers).toBe(2);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../chain/testing/manual-clock.js';
import type { Clock } from '../../shared/index.js';
import { settlementOf, type AnnouncementOutcome, type ClaimedAnnouncement } from '../domain/announcement.js';
import type { AnnouncementBook } from '../ports/announcement-book.port.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** What every book of announcements must do. Each test begins with an empty one. */
export function describeAnnouncementBookContract(
  name: string,
  make: (clock: Clock) => Promise<{ book: AnnouncementBook; empty(): Promise<void>; close(): Promise<void> }>,
): void {
  describe(`AnnouncementBook: ${name}`, () => {
    const clock = new ManualClock();
    let setting: Awaited<ReturnType<typeof make>>;
    let book: AnnouncementBook;
    beforeAll(async () => {
      setting = await make(clock);
      book = setting.book;
    });
    afterAll(() => setting.close());

    const test = (title: string, run: () => Promise<void>) =>
      it(title, async () => {
        await setting.empty();
        await run();
      });
    const settle = (rows: ClaimedAnnouncement[], outcome: AnnouncementOutcome) =>
      book.settle(rows.map((row) => settlementOf(row, outcome, clock.now(), 22 * HOUR, 0)));
    const claim = (limit = 100) => book.claim(limit, MINUTE);
    const rootsOf = (rows: readonly { root: string }[]) => rows.map(({ root }) => root).sort();
    const told: AnnouncementOutcome = { kind: 'announced', node: 'us', routing: ['dht'] };

    test('enters each root once, due at once', async () => {
      expect(await book.hold(['a', 'b', 'a'])).toBe(2);
      expect(await book.hold(['b', 'c'])).toBe(1);
      expect(await claim()).toEqual(
        expect.arrayContaining(
          ['a', 'b', 'c'].map((root) =>
            expect.objectContaining({
              root,
              state: 'pending',
              node: null,
              heldSince: null,
              announcedAt: null,
              routing: [],
              failures: 0,
              lastError: null,
            }),
          ),
        ),
      );
    });

    test('gives nothing out twice while a lease lasts, and gives it back after', async () => {
      await book.hold(['a', 'b', 'c']);
      expect(await book.hasDue()).toBe(true);
      const first = await claim(2);
      expect(rootsOf([...first, ...(await claim())])).toEqual(['a', 'b', 'c']);
      expect([await book.hasDue(), await claim()]).toEqual([false, []]);
      clock.pass(MINUTE);
      expect(rootsOf(await claim())).toEqual(['a', 'b', 'c']);
    });

    test('prolongs the leases of whoever still has them', async () => {
      await book.hold(['a', 'b']);
      const rows = await claim();
      clock.pass(MINUTE / 2);
      expect((await book.prolong(rows, MINUTE)).size).toBe(2);
      clock.pass(MINUTE / 2 + 1);
      expect(await claim()).toEqual([]);
      clock.pass(MINUTE);
      const [taken] = await claim(1);
      expect([...(await book.prolong(rows, MINUTE))]).toEqual(
        rows.filter(({ id }) => id !== taken?.id).map(({ id }) => id),
      );
    });

    test('is due again when the interval is over, and not before', async () => {
      await book.hold(['a']);
      await settle(await claim(), told);
      expect(await book.hasDue()).toBe(false);
      clock.pass(22 * HOUR);
      expect(await claim()).toEqual([
        expect.objectContaining({
          state: 'announced',
          node: 'us',
          routing: ['dht'],
          heldSince: expect.any(Date),
          announcedAt: expect.any(Date),
        }),
      ]);
    });

    test('is never due again where nobody is to be told, unless it is urged', async () => {
      await book.hold(['a', 'b']);
      await settle(await claim(), { kind: 'announced', node: 'us', routing: [] });
      clock.pass(1000 * HOUR);
      expect(await book.hasDue()).toBe(false);
      expect(await book.urge(['a', 'z'])).toEqual(['a']);
      expect(await claim()).toEqual([expect.objectContaining({ root: 'a', state: 'held', node: null })]);
      expect(await book.urgeNext(10)).toHaveLength(2);
    });

    test('waits longer after every failure, and keeps the reason', async () => {
      await book.hold(['a']);
      const pauses: number[] = [];
      for (let round = 0; round < 12; round += 1) {
        const [row] = await claim();
        expect(row).toMatchObject({ failures: round });
        await settle([row!], { kind: 'failed', error: `no ${round}\0`, heldBy: null });
        let waited = 0;
        for (; !(await book.hasDue()); waited += 15_000) clock.pass(15_000);
        pauses.push(waited / 1000);
      }
      expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
      expect(await claim()).toEqual([expect.objectContaining({ state: 'pending', failures: 12, lastError: 'no 11' })]);
    });

    test('forgets what was withdrawn, and withdraws only what it knows', async () => {
      await book.hold(['a', 'b']);
      await settle(await claim(), told);
      expect(await book.withdraw(['a', 'z'])).toBe(1);
      expect(await book.withdraw(['a'])).toBe(0);
      const rows = await claim();
      expect(rows).toEqual([expect.objectContaining({ root: 'a', state: 'withdrawing', node: 'us' })]);
      await settle(rows, { kind: 'withdrawn' });
      expect(await book.hold(['a', 'b'])).toBe(1);
    });

    test('works again on what changed while it was worked on', async () => {
      await book.hold(['a', 'b']);
      const rows = await claim();
      await book.withdraw(['a']);
      await settle(rows, told);
      const [again] = await claim();
      expect(again).toMatchObject({ root: 'a', state: 'withdrawing', node: 'us' });
      await book.hold(['a']);
      await settle([again!], { kind: 'withdrawn' });
      expect(await claim()).toEqual([
        expect.objectContaining({ root: 'a', state: 'pending', node: null, heldSince: null }),
      ]);
    });

    test('writes nothing for whoever lost the lease', async () => {
      await book.hold(['a']);
      const lost = await claim();
      clock.pass(MINUTE);
      const taken = await claim();
      await settle(lost, told);
      expect(await book.prolong(taken, MINUTE)).toEqual(new Set([taken[0]?.id]));
      await settle(taken, { kind: 'unwanted' });
      const late = await claim();
      await settle(taken, { kind: 'withdrawn' });
      await settle(late, { kind: 'released' });
      expect(await claim()).toEqual([expect.objectContaining({ state: 'withdrawing', node: null })]);
    });
  });
}

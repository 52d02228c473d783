import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import type { Clock } from '../../shared/index.js';
import { settlementOf, type ClaimedProviderRecord, type ProvideOutcome } from '../domain/provider-record.js';
import type { ProviderRecordStore } from '../ports/provider-record-store.port.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** What every store of provider records must do. Each test begins with an empty one. */
export function describeProviderRecordStoreContract(
  name: string,
  make: (clock: Clock) => Promise<{ store: ProviderRecordStore; empty(): Promise<void>; close(): Promise<void> }>,
): void {
  describe(`ProviderRecordStore: ${name}`, () => {
    const clock = new TestClock();
    let setting: Awaited<ReturnType<typeof make>>;
    let store: ProviderRecordStore;
    beforeAll(async () => {
      setting = await make(clock);
      store = setting.store;
    });
    afterAll(() => setting.close());

    const test = (title: string, run: () => Promise<void>) =>
      it(title, async () => {
        await setting.empty();
        await run();
      });
    const settle = (rows: ClaimedProviderRecord[], outcome: ProvideOutcome) =>
      store.settle(rows.map((row) => settlementOf(row, outcome, clock.now(), 22 * HOUR, 0)));
    const claim = (limit = 100) => store.claim(limit, MINUTE);
    const rootsOf = (rows: readonly { root: string }[]) => rows.map(({ root }) => root).sort();
    const told: ProvideOutcome = { kind: 'announced', node: 'us', routing: ['dht'] };

    test('enters each root once, due at once', async () => {
      expect(await store.provide(['a', 'b', 'a'])).toBe(2);
      expect(await store.provide(['b', 'c'])).toBe(1);
      expect(await claim()).toEqual(
        expect.arrayContaining(
          ['a', 'b', 'c'].map((root) =>
            expect.objectContaining({
              root,
              state: 'pending',
              node: null,
              providedSince: null,
              announcedAt: null,
              routing: [],
              failures: 0,
              lastError: null,
            }),
          ),
        ),
      );
    });

    test('gives nothing out twice while a lease lasts, and again after', async () => {
      await store.provide(['a', 'b', 'c']);
      expect(await store.hasDue()).toBe(true);
      const first = await claim(2);
      expect(rootsOf([...first, ...(await claim())])).toEqual(['a', 'b', 'c']);
      expect([await store.hasDue(), await claim()]).toEqual([false, []]);
      clock.advance(MINUTE);
      expect(rootsOf(await claim())).toEqual(['a', 'b', 'c']);
    });

    test('extends the leases of whoever still has them, and says which are lost', async () => {
      await store.provide(['a', 'b']);
      const rows = await claim();
      clock.advance(MINUTE / 2);
      expect(await store.extend(rows, MINUTE)).toEqual([]);
      clock.advance(MINUTE / 2 + 1);
      expect(await claim()).toEqual([]);
      clock.advance(MINUTE);
      const [taken] = await claim(1);
      expect(await store.extend(rows, MINUTE)).toEqual(rows.filter(({ id }) => id === taken?.id));
    });

    test('says since when what it gives out was due, also what a lost lease left', async () => {
      const entered = clock.now();
      await store.provide(['a']);
      clock.advance(1_000);
      expect((await claim())[0]?.dueAt).toEqual(entered);
      clock.advance(MINUTE + 1_000);
      const [again] = await claim();
      expect(again?.dueAt).toEqual(new Date(clock.now().getTime() - 1_000));
      await settle([again!], { kind: 'released' });
      expect((await claim())[0]?.dueAt).toEqual(again?.dueAt);
    });

    test('is due again when the interval is over, and not before', async () => {
      await store.provide(['a']);
      await settle(await claim(), told);
      expect(await store.hasDue()).toBe(false);
      clock.advance(22 * HOUR);
      expect(await claim()).toEqual([
        expect.objectContaining({
          state: 'announced',
          node: 'us',
          routing: ['dht'],
          providedSince: expect.any(Date),
          announcedAt: expect.any(Date),
        }),
      ]);
    });

    test('is never due again where nobody is to be told, unless somebody asks', async () => {
      await store.provide(['a', 'b']);
      await settle(await claim(), { kind: 'announced', node: 'us', routing: [] });
      clock.advance(1000 * HOUR);
      expect(await store.hasDue()).toBe(false);
      expect(await store.reprovide(['a', 'z'])).toEqual(['a']);
      expect(await claim()).toEqual([expect.objectContaining({ root: 'a', state: 'held', node: null })]);
      expect(await store.reprovideNext(10)).toHaveLength(2);
    });

    test('waits longer after every failure, and keeps the reason', async () => {
      await store.provide(['a']);
      const pauses: number[] = [];
      for (let round = 0; round < 12; round += 1) {
        const [row] = await claim();
        expect(row).toMatchObject({ failures: round });
        await settle([row!], { kind: 'failed', error: `no ${round}\0`, providedBy: null });
        let waited = 0;
        for (; !(await store.hasDue()); waited += 15_000) clock.advance(15_000);
        pauses.push(waited / 1000);
      }
      expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
      expect(await claim()).toEqual([expect.objectContaining({ state: 'pending', failures: 12, lastError: 'no 11' })]);
    });

    test('forgets what was stopped, and stops only what it knows', async () => {
      await store.provide(['a', 'b']);
      await settle(await claim(), told);
      expect(await store.stopProviding(['a', 'z'])).toBe(1);
      expect(await store.stopProviding(['a'])).toBe(0);
      const rows = await claim();
      expect(rows).toEqual([expect.objectContaining({ root: 'a', state: 'withdrawing', node: 'us' })]);
      await settle(rows, { kind: 'stopped' });
      expect(await store.provide(['a', 'b'])).toBe(1);
    });

    test('works again on what changed while it was worked on', async () => {
      await store.provide(['a', 'b']);
      const rows = await claim();
      await store.stopProviding(['a']);
      await settle(rows, told);
      const [again] = await claim();
      expect(again).toMatchObject({ root: 'a', state: 'withdrawing', node: 'us' });
      await store.provide(['a']);
      await settle([again!], { kind: 'stopped' });
      expect(await claim()).toEqual([
        expect.objectContaining({ root: 'a', state: 'pending', node: null, providedSince: null }),
      ]);
    });

    test('writes nothing for whoever lost the lease', async () => {
      await store.provide(['a']);
      const lost = await claim();
      clock.advance(MINUTE);
      const taken = await claim();
      await settle(lost, told);
      expect(await store.extend(taken, MINUTE)).toEqual([]);
      await settle(taken, { kind: 'unwanted' });
      const late = await claim();
      await settle(taken, { kind: 'stopped' });
      await settle(late, { kind: 'released' });
      expect(await claim()).toEqual([expect.objectContaining({ state: 'withdrawing', node: null })]);
    });

    test('lists the newest first, in pages, by state, root and failure', async () => {
      await store.provide(['a']);
      await store.provide(['b']);
      await store.provide(['c']);
      const [a] = await claim(1);
      await settle([a!], { kind: 'failed', error: 'no peers', providedBy: 'us' });
      const page = await store.page({}, 2);
      expect(page.map(({ root }) => root)).toEqual(['c', 'b']);
      expect((await store.page({}, 2, BigInt(page[1]!.id))).map(({ root }) => root)).toEqual([a!.root]);
      expect(await store.page({ failing: true }, 9)).toEqual([
        expect.objectContaining({ root: a!.root, state: 'held', lastError: 'no peers', failures: 1 }),
      ]);
      expect(rootsOf(await store.page({ state: 'pending' }, 9))).toEqual(['b', 'c']);
      expect(rootsOf(await store.page({ root: 'b' }, 9))).toEqual(['b']);
      expect(await store.page({ root: 'b', state: 'held' }, 9)).toEqual([]);
    });

    test('counts what it lists, before and after the tallies are added up, and says what is overdue', async () => {
      await store.provide(['a', 'b', 'c', 'd']);
      await settle(await claim(2), told);
      await settle(await claim(1), { kind: 'failed', error: 'no peers', providedBy: null });
      for (let twice = 0; twice < 2; twice += 1) {
        expect([await store.count({}), await store.count({ state: 'announced' })]).toEqual([4, 2]);
        expect([await store.count({ failing: true }), await store.count({ root: 'z' })]).toEqual([1, 0]);
        expect(await store.figures()).toMatchObject({
          byState: { pending: 2, held: 0, announced: 2, withdrawing: 0 },
          failing: 1,
          oldestOverdue: { dueAt: clock.now() },
        });
        await store.addUp();
      }
      await settle(await claim(), told);
      expect((await store.figures()).oldestOverdue).toBeNull();
    });

    test('does not say that what somebody works on is overdue, however long that takes', async () => {
      const overdue = async () => (await store.figures()).oldestOverdue;
      await store.provide(['large']);
      const large = await claim();
      for (let minute = 0; minute < 20; minute += 1) {
        clock.advance(MINUTE / 2);
        expect(await store.extend(large, MINUTE)).toEqual([]);
        clock.advance(MINUTE / 2);
        expect(await overdue()).toBeNull();
      }
      await store.provide(['waits']);
      const entered = clock.now();
      clock.advance(MINUTE / 4);
      expect(await overdue()).toEqual({ root: 'waits', dueAt: entered });
      // From then on nobody extends the lease: late is what its holder left, since it ended.
      await settle(await claim(), told);
      clock.advance(MINUTE);
      expect(await overdue()).toEqual({ root: 'large', dueAt: new Date(entered.getTime() + MINUTE / 2) });
    });

    test('walks over its roots in pages, and keeps where each walk is', async () => {
      await store.provide(['a', 'b', 'c']);
      const first = await store.roots(0n, 2);
      const second = await store.roots(first.next!, 2);
      expect([...first.roots, ...second.roots].sort()).toEqual(['a', 'b', 'c']);
      expect(second.next).toBeNull();
      expect(await store.position('walk')).toBe(0n);
      await store.setPosition('walk', 5n);
      await store.setPosition('other', 7n);
      expect([await store.position('walk'), await store.position('other')]).toEqual([5n, 7n]);
    });

    test('announces what was only provided once somebody listens', async () => {
      await store.provide(['a', 'b', 'c']);
      await settle(await claim(2), { kind: 'announced', node: 'us', routing: [] });
      await settle(await claim(), told);
      expect([await store.announceUnannounced(1), await store.announceUnannounced(9)]).toEqual([1, 1]);
      expect((await claim()).map(({ state }) => state)).toEqual(['held', 'held']);
    });

    test('asks anew for what nodes provided that are gone, and for nothing else', async () => {
      await store.provide(['a', 'b', 'c', 'd']);
      const [a, b, c, d] = (await claim()).sort((x, y) => x.root.localeCompare(y.root));
      await settle([a!, b!], { kind: 'announced', node: 'gone', routing: ['dht'] });
      await settle([c!, d!], told);
      await store.stopProviding(['b']);
      expect([await store.takeFrom([], 9), await store.takeFrom(['gone', 'never seen'], 9)]).toEqual([0, 2]);
      const rows = await claim();
      expect(rows.map(({ root, state, node }) => [root, state, node]).sort()).toEqual([
        ['a', 'pending', null],
        ['b', 'withdrawing', null],
      ]);
    });
  });
}

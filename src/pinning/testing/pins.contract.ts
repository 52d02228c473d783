import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestClock } from '../../../test/support/test-clock.js';
import type { Tx } from '../../platform/prisma/index.js';
import { contentId, pinRequestId, userId, type UserId } from '../../shared/index.js';
import { PIN_STATUSES, type PinFilter, type PinProgress, type PinRecord, type PinStatus } from '../pin.js';
import type { PinLeases } from '../scheduler/pin-leases.port.js';
import type { PinCounts, PinStore } from '../requests/pin-store.port.js';

export interface PinsSetting {
  store: PinStore;
  leases: PinLeases;
  counts: PinCounts;
  /** By which the rows go; runs. */
  clock: TestClock;
  transact: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  close(): Promise<void>;
}

const A = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const B = 'bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su';
const progress: PinProgress = { blocks: 1, bytes: 2, sources: 1 };

/** What the table of pins must do, wherever it is. */
export function describePinsContract(name: string, make: () => Promise<PinsSetting>): void {
  describe(`pins: ${name}`, () => {
    let at: PinsSetting;
    beforeAll(async () => {
      at = await make();
    });
    afterAll(async () => {
      await at.close();
    });

    const account = () => userId(randomUUID());
    const add = (owner: UserId, over: Partial<PinRecord> = {}) =>
      at.store.add({
        userId: owner,
        cid: over.cidV1 ?? A,
        cidV1: over.cidV1 ?? A,
        name: over.name ?? null,
        origins: [],
        meta: over.meta ?? {},
      });
    const list = async (owner: UserId, filter: Partial<PinFilter> = {}) =>
      at.store.list(owner, { statuses: [...PIN_STATUSES], limit: 1000, ...filter });
    /** Claims until it is the turn of the one that is meant; what else was due goes back. */
    const claim = async (pin: PinRecord) => {
      const others = [];
      for (;;) {
        const got = await at.leases.claimNext(60_000, new Map());
        if (!got) throw new Error('it was never its turn');
        if (got.pin.requestId === pin.requestId) {
          for (const other of others) await at.leases.release(other, null, 0);
          return got;
        }
        others.push(got);
      }
    };
    const reach = async (pin: PinRecord, status: PinStatus) => {
      if (status === 'queued') return;
      const held = await claim(pin);
      if (status === 'pinned') await at.transact((tx) => at.leases.pinned(tx, held, contentId(1n), progress));
      if (status === 'failed') await at.leases.fail(held, 'ERR_X: no');
    };

    it('adds many at once, in their order, each with a created of its own and none of them in the future', async () => {
      const owner = account();
      const made = (
        await at.store.addAll(
          Array.from({ length: 500 }, (_, n) => ({
            userId: owner,
            cid: A,
            cidV1: A,
            name: `${n}`,
            origins: ['/a'],
            meta: { n: `${n}` },
          })),
        )
      ).map((pin) => pin!);
      expect(made.map((pin) => pin.name)).toEqual(Array.from({ length: 500 }, (_, n) => `${n}`));
      expect(made[7]).toMatchObject({ status: 'queued', origins: ['/a'], meta: { n: '7' }, leaseNumber: 0 });
      expect(new Set(made.map((pin) => pin.createdAt.getTime())).size).toBe(500);
      expect((await list(owner)).pins.map((pin) => pin.name)).toEqual(made.map((pin) => pin.name).reverse());
      expect((await add(owner)).createdAt.getTime()).toBeGreaterThan(made.at(-1)!.createdAt.getTime());
    });

    it("finds many by request and by content, the account's own alone", async () => {
      const [owner, other] = [account(), account()];
      const [one, two, theirs] = [await add(owner), await add(owner), await add(other)];
      await reach(two, 'pinned');
      const found = await at.store.findAll(owner, {
        requestIds: [one.requestId, theirs.requestId, 'nonsense', '\0'],
        contentIds: ['1', '-1', 'x', '99999999999999999999'],
      });
      expect(found.map((pin) => pin.requestId).sort()).toEqual([one.requestId, two.requestId].sort());
    });

    it('lists every subset of statuses, newest first, and counts what matches', async () => {
      const owner = account();
      for (const status of [...PIN_STATUSES, ...PIN_STATUSES]) await reach(await add(owner), status);
      for (let bits = 1; bits < 16; bits++) {
        const statuses = PIN_STATUSES.filter((_, bit) => bits & (1 << bit));
        const { count, pins } = await list(owner, { statuses });
        expect(count).toBe(2 * statuses.length);
        expect(pins.map((pin) => pin.status).sort()).toEqual([...statuses, ...statuses].sort());
        expect(pins.map((pin) => pin.createdAt.getTime())).toEqual(
          pins.map((pin) => pin.createdAt.getTime()).sort((a, b) => b - a),
        );
      }
    });

    it('matches names exactly, without case, in part, and both; and takes % and _ as they are', async () => {
      const owner = account();
      for (const given of ['Report', 'report', 'my report 100%', 'other_name', 'otherXname'])
        await add(owner, { name: given });
      const names = async (text: string, match: NonNullable<PinFilter['name']>['match']) =>
        (await list(owner, { name: { text, match } })).pins.map((pin) => pin.name).reverse();
      expect(await names('Report', 'exact')).toEqual(['Report']);
      expect(await names('REPORT', 'iexact')).toEqual(['Report', 'report']);
      expect(await names('report', 'partial')).toEqual(['report', 'my report 100%']);
      expect(await names('REPORT', 'ipartial')).toEqual(['Report', 'report', 'my report 100%']);
      expect(await names('0%', 'partial')).toEqual(['my report 100%']);
      expect(await names('other_name', 'partial')).toEqual(['other_name']);
    });

    it('filters by CIDs, request ids and meta, all together', async () => {
      const owner = account();
      const first = await add(owner, { meta: { app: 'x', more: 'y' } });
      await add(owner, { meta: { app: 'z' } });
      const other = await add(owner, { cidV1: B, meta: { app: 'x' } });
      expect((await list(owner, { cids: [A] })).count).toBe(2);
      expect((await list(owner, { cids: [A, B] })).count).toBe(3);
      expect((await list(owner, { meta: { app: 'x' } })).count).toBe(2);
      expect((await list(owner, { meta: { app: 'x' }, cids: [A] })).pins.map((pin) => pin.requestId)).toEqual([
        first.requestId,
      ]);
      expect(
        (await list(owner, { requestIds: [other.requestId, 'nonsense'] })).pins.map((pin) => pin.requestId),
      ).toEqual([other.requestId]);
    });

    it('pages by `before` without loss or repetition, and counts only what is left', async () => {
      const owner = account();
      for (let n = 0; n < 25; n++) await add(owner, { name: String(n) });
      const seen: (string | null)[] = [];
      let before: Date | undefined;
      for (let left = 25; left > 0; left -= 10) {
        const { count, pins } = await list(owner, { limit: 10, ...(before ? { before } : {}) });
        expect(count).toBe(left);
        seen.push(...pins.map((pin) => pin.name));
        before = pins.at(-1)?.createdAt;
      }
      expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => String(24 - n)));
      expect((await list(owner, { after: before! })).count).toBe(24);
    });

    it('counts every subset of the statuses, strictly between any two moments, folded or not', async () => {
      const owner = account();
      const before = await at.counts.byStatus();
      const made: PinRecord[] = [];
      for (let n = 0; n < 12; n++) made.push(await add(owner, { name: String(n) }));
      for (const [n, status] of (['pinned', 'failed', 'pinned'] as const).entries()) await reach(made[n * 4]!, status);
      await at.store.remove(owner, made[11]!.requestId);
      const statusOf = (n: number): PinStatus => (n === 4 ? 'failed' : n % 4 === 0 ? 'pinned' : 'queued');
      for (const folded of [false, true]) {
        if (folded) expect(await at.counts.fold(1_000_000)).toBeGreaterThanOrEqual(0);
        expect((await at.counts.ofUsers([owner, account()])).get(owner)).toBe(11);
        for (let subset = 1; subset < 16; subset++) {
          const statuses = PIN_STATUSES.filter((_, bit) => subset & (1 << bit));
          for (const [from, to] of [
            [-1, 12],
            [0, 11],
            [3, 8],
            [8, 3],
            [5, 6],
            [-1, 0],
            [10, 12],
          ] as const) {
            const expected = made
              .filter((_, n) => n > from && n < to && n < 11 && statuses.includes(statusOf(n)))
              .reverse();
            const got = await list(owner, {
              statuses,
              ...(made[from] ? { after: made[from].createdAt } : {}),
              ...(made[to] ? { before: made[to].createdAt } : {}),
              limit: 3,
            });
            expect([got.count, got.pins.map((pin) => pin.name)]).toEqual([
              expected.length,
              expected.slice(0, 3).map((pin) => pin.name),
            ]);
          }
        }
      }
      const after = await at.counts.byStatus();
      expect(PIN_STATUSES.map((status) => after[status] - before[status])).toEqual([8, 0, 2, 1]);
    });

    it('accepts as many pins as the account may have and not one more, however they come', async () => {
      const owner = account();
      const pin = { userId: owner, cid: A, cidV1: A, name: null, origins: [], meta: {}, most: 8 };
      const alone = await Promise.allSettled(Array.from({ length: 5 }, () => at.store.add({ ...pin, most: 3 })));
      expect(alone.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      expect(alone.find((outcome) => outcome.status === 'rejected')).toMatchObject({
        reason: { code: 'INSUFFICIENT_FUNDS', status: 409 },
      });
      const many = await at.store.addAll(Array.from({ length: 7 }, (_, n) => ({ ...pin, name: String(n) })));
      expect(many.map((made) => made?.name ?? null)).toEqual(['0', '1', '2', '3', '4', null, null]);
      const fresh = await at.store.replace(many[0]!.requestId, { ...pin, name: 'in its place' });
      expect(fresh).toMatchObject({ name: 'in its place' });
      await expect(at.store.replace(fresh!.requestId, { ...pin, most: 7 })).rejects.toMatchObject({
        code: 'INSUFFICIENT_FUNDS',
      });
      expect(await at.store.find(owner, fresh!.requestId)).not.toBeNull();
      await at.store.remove(owner, fresh!.requestId);
      await at.counts.fold(1_000_000);
      await at.store.add(pin);
      await expect(at.store.add(pin)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
      expect((await list(owner)).count).toBe(8);
    });

    it('answers pins of many accounts together, each in the order in which its account asked', async () => {
      const owners = [account(), account(), account()];
      const made = await Promise.all(Array.from({ length: 60 }, (_, n) => add(owners[n % 3]!, { name: String(n) })));
      for (const [n, pin] of made.entries()) expect([pin.name, pin.userId]).toEqual([String(n), owners[n % 3]]);
      for (const [n, owner] of owners.entries())
        expect((await list(owner)).pins.map((pin) => pin.name)).toEqual(
          Array.from({ length: 20 }, (_, m) => String(57 + n - 3 * m)),
        );
    });

    it('lets one of two replacements at once win, and a deletion or a replacement', async () => {
      const owner = account();
      const old = await add(owner);
      const both = await Promise.all([at.store.replace(old.requestId, old), at.store.replace(old.requestId, old)]);
      const [won] = both.filter((pin) => pin !== null);
      expect(both.filter((pin) => pin === null)).toHaveLength(1);
      const [fresh, gone] = await Promise.all([
        at.store.replace(won!.requestId, old),
        at.store.remove(owner, won!.requestId),
      ]);
      expect([fresh, gone].filter((pin) => pin === null)).toHaveLength(1);
      expect((await list(owner)).count).toBe(fresh ? 1 : 0);
    });

    it('keeps what a pin has while the one in its place has failed, and releases it when that one is removed or replaced', async () => {
      const freed = async (owner: UserId) =>
        (await at.store.removed(1000)).filter((pin) => pin.userId === owner).map((pin) => pin.requestId);
      for (const end of ['removed', 'replaced']) {
        const owner = account();
        const old = await add(owner);
        await reach(old, 'pinned');
        const failed = (await at.store.replace(old.requestId, { ...old, cid: B, cidV1: B }))!;
        await reach(failed, 'failed');
        expect(await freed(owner)).toEqual([]);
        if (end === 'removed') await at.store.remove(owner, failed.requestId);
        else await reach((await at.store.replace(failed.requestId, old))!, 'pinned');
        expect((await freed(owner)).sort()).toEqual([old.requestId, failed.requestId].sort());
        for (const id of await freed(owner)) await at.store.purge(id);
        expect(await freed(owner)).toEqual([]);
      }
    });

    it('gives 50 pins that arrive together 50 different times and ids', async () => {
      const owner = account();
      const pins = await Promise.all(Array.from({ length: 50 }, () => add(owner)));
      expect(new Set(pins.map((pin) => pin.createdAt.getTime())).size).toBe(50);
      expect(new Set(pins.map((pin) => pin.requestId)).size).toBe(50);
    });

    it('hides the pins of other accounts from everything', async () => {
      const [owner, stranger] = [account(), account()];
      const pin = await add(owner);
      expect(await at.store.find(stranger, pin.requestId)).toBeNull();
      expect(await at.store.remove(stranger, pin.requestId)).toBeNull();
      expect(await at.store.replace(pin.requestId, { ...pin, userId: stranger })).toBeNull();
      expect((await list(stranger)).count).toBe(0);
      expect(await at.store.find(owner, pin.requestId)).toMatchObject({ status: 'queued' });
    });

    it('knows no pin by an id that is none', async () => {
      const owner = account();
      const pin = await add(owner);
      for (const id of [pinRequestId('not-a-uuid'), pinRequestId(''), pinRequestId(randomUUID())]) {
        expect(await at.store.find(owner, id)).toBeNull();
        expect(await at.store.remove(owner, id)).toBeNull();
        expect(await at.store.replace(id, pin)).toBeNull();
      }
      expect((await list(owner)).count).toBe(1);
    });

    it('replaces in one step: the old id is gone, its content waits until the new pin is pinned', async () => {
      const owner = account();
      const old = await add(owner);
      await reach(old, 'pinned');
      const middle = (await at.store.replace(old.requestId, { ...old, cid: B, cidV1: B }))!;
      const last = (await at.store.replace(middle.requestId, { ...old, cid: B, cidV1: B }))!;
      expect(new Set([old.requestId, middle.requestId, last.requestId]).size).toBe(3);
      expect((await list(owner)).pins.map((pin) => pin.requestId)).toEqual([last.requestId]);
      const freed = async () =>
        (await at.store.removed(1000)).filter((pin) => pin.userId === owner).map((pin) => pin.requestId);
      expect(await freed()).toEqual([]);
      await reach(last, 'pinned');
      expect((await freed()).sort()).toEqual([old.requestId, middle.requestId].sort());
    });
  });
}

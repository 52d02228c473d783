import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { randomUUID } from 'node:crypto';
import { userId } from '../../shared/index.js';
import { DealHarness, type HarnessOptions } from '../testing/deal-harness.js';

/** What a deal of the harness costs: floor(1e9 * 2048 / 2^30) per epoch. */
const PER_EPOCH = 1907n;
const DURATION = 1_494_720;
const COST = PER_EPOCH * BigInt(DURATION);
const HOUR = 3_600_000;

describe('what deals may spend', () => {
  let database: TestDatabase;
  let harness: DealHarness;
  const ann = userId(randomUUID());
  const ben = userId(randomUUID());
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    await harness.close();
    await database.query('TRUNCATE deals, pieces, deal_moves, outbox, settings, deal_faults CASCADE');
  });
  afterAll(() => database.drop());
  const begin = (options: HarnessOptions = {}) => (harness = new DealHarness(database.url, options));
  const waitsFor = async (carId: Parameters<DealHarness['pieces']['find']>[0]) =>
    (await harness.pieces.find(carId))?.lastError;

  it("ends for an account's pieces at its cap of the day, however many want deals at once, and goes on the next day", async () => {
    begin();
    await harness.limitStore.set(ann, { spendPerDay: 8n * COST });
    const owner = { userId: ann };
    const mine = await Promise.all([1, 2, 3].map(() => harness.committed(null, owner)));
    const his = await harness.committed(null, { userId: ben });
    await Promise.all([...mine, his].map((carId) => harness.replicate.run(carId, harness.signal)));
    const states = async () => (await Promise.all(mine.map((carId) => harness.states(carId)))).flat();
    expect(await states()).toHaveLength(8);
    expect(await harness.states(his)).toHaveLength(6);
    expect(
      (await Promise.all(mine.map(waitsFor))).filter((why) => why?.includes('the account may not spend more')),
    ).not.toHaveLength(0);
    expect((await harness.reservations.usedTodayBy([ann, ben])).get(ann)).toEqual({ cost: 8n * COST, dataCap: 0n });
    await harness.turn(8);
    expect(await states()).toHaveLength(8);
    harness.clock.advance(24 * HOUR);
    await harness.turn(2);
    expect(await states()).toHaveLength(16);
  });

  it('counts DataCap by padded bytes, and gives back what comes to nothing', async () => {
    begin({ miners: 7, env: { DEALS_VERIFIED: 'true' } });
    harness.chain.walletFacts = { ...harness.chain.walletFacts, dataCap: 10n ** 12n };
    await harness.limitStore.set(ann, { dataCapPerDay: 6 * 2048 });
    harness.market.script(harness.miners[0]!, 'transfer-fails');
    const carId = await harness.committed(null, { userId: ann });
    const other = await harness.committed(null, { userId: ann });
    await harness.replicate.run(carId, harness.signal);
    await harness.replicate.run(other, harness.signal);
    expect(await harness.states(other)).toEqual([]);
    expect(await waitsFor(other)).toMatch(/the account may not use more DataCap/);
    await harness.turn(10);
    expect((await harness.states(carId)).filter((state) => state === 'active')).toHaveLength(6);
    expect(await harness.states(other)).toEqual([]);
    expect((await harness.reservations.usedTodayBy([ann])).get(ann)?.dataCap).toBe(6n * 2048n);
  });

  it('ends for everybody at the cap of the platform', async () => {
    begin({ env: { DEALS_SPEND_PER_DAY: String(7n * COST) } });
    const pieces = await Promise.all([ann, ben, null].map((owner) => harness.committed(null, { userId: owner })));
    await Promise.all(pieces.map((carId) => harness.replicate.run(carId, harness.signal)));
    expect((await Promise.all(pieces.map((carId) => harness.states(carId)))).flat()).toHaveLength(7);
    expect((await Promise.all(pieces.map(waitsFor))).join()).toContain('DEALS_SPEND_PER_DAY');
  });

  it('is decided on funds that are read while nobody else can reserve', async () => {
    begin();
    harness.chain.walletFacts = { ...harness.chain.walletFacts, balance: 9n * COST, escrow: 0n };
    const others = Array.from({ length: 4 }, () => new DealHarness(database.url));
    for (const other of others) Object.assign(other, { market: harness.market });
    let reading = 0;
    let most = 0;
    for (const { chain } of [harness, ...others]) {
      chain.walletFacts = harness.chain.walletFacts;
      const read = chain.wallet.bind(chain);
      chain.wallet = async (signal) => {
        most = Math.max(most, (reading += 1));
        await new Promise((resolve) => setImmediate(resolve));
        reading -= 1;
        return read(signal);
      };
    }
    const pieces = await Promise.all([1, 2, 3, 4, 5].map(() => harness.committed()));
    await Promise.all([harness, ...others].map((each, at) => each.replicate.run(pieces[at]!, each.signal)));
    expect((await Promise.all(pieces.map((carId) => harness.states(carId)))).flat()).toHaveLength(9);
    expect(most).toBe(1);
    await Promise.all(others.map((other) => other.close()));
  });

  it('is booked once for each deal, open until it is on chain, and the two books agree all the way', async () => {
    begin({ miners: 12 });
    harness.market.script(harness.miners[0]!, 'rejects').script(harness.miners[1]!, 'slashed');
    const carId = await harness.committed();
    for (let round = 0; round < 12; round += 1) {
      await harness.turn();
      const { reserved, promised, faults } = await harness.reservations.audit();
      expect(faults).toEqual([]);
      expect(reserved).toEqual(promised);
    }
    const booked = await database.query<{ outcome: string; n: number }>(
      'SELECT outcome, count(*)::int AS n FROM deal_reservations GROUP BY outcome ORDER BY 1',
    );
    expect(booked.map(({ outcome }) => outcome)).toEqual(['released', 'spent']);
    expect(await harness.states(carId)).toHaveLength(booked.reduce((sum, { n }) => sum + Number(n), 0));
  });

  it('is told by the audit where the books differ, deal by deal, and nothing is repaired in silence', async () => {
    begin();
    const carId = await harness.committed();
    await harness.turn(1);
    const [lost, over, wrong] = (await harness.deals.ofPiece(carId)).map(({ id }) => BigInt(id));
    await database.query('DELETE FROM deal_reservations WHERE deal_id = $1', [lost]);
    await database.query("UPDATE deals SET state = 'failed', live = false WHERE id = $1", [over]);
    await database.query('UPDATE deal_reservations SET cost = cost + 1 WHERE deal_id = $1', [wrong]);
    const audit = await harness.reservations.audit();
    expect(audit.faults).toEqual([
      { deal_id: lost, fault: 'missing' },
      { deal_id: over, fault: 'open' },
      { deal_id: wrong, fault: 'amount' },
    ]);
    expect(audit.reserved).toEqual({ cost: 5n * COST + 1n, dataCap: 0n });
    expect(audit.promised).toEqual({ cost: 5n * COST, dataCap: 0n });
    expect(await harness.reservations.audit()).toEqual(audit);
  });
});

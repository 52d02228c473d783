import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { DealHarness } from '../testing/deal-harness.js';

describe('a deal near its end', () => {
  let database: TestDatabase;
  let harness: DealHarness;
  beforeAll(async () => {
    database = await testDatabase();
    harness = new DealHarness(database.url, {
      env: { DEALS_REPLICATION: '2', DEALS_DURATION: '10000', DEALS_START_DELAY: '100', DEALS_RENEW_WINDOW: '1000' },
    });
  });
  afterAll(async () => {
    await harness.close();
    await database.drop();
  });

  it('is replaced before it ends with another miner, kept until the new one is active, then lets it have the slot', async () => {
    const carId = await harness.replicated();
    const [first, second] = await harness.deals.ofPiece(carId);
    expect([first?.state, second?.state]).toEqual(['active', 'active']);

    harness.chain.height = first!.endEpoch! - 900;
    harness.clock.advance(100_000);
    await harness.turn(2);
    let deals = await harness.deals.ofPiece(carId);
    expect(deals.map(({ state, slot, role }) => `${state} ${slot} ${role}`)).toEqual([
      'expiring 0 current',
      'expiring 1 current',
      expect.stringMatching(/ 0 renewal$/),
      expect.stringMatching(/ 1 renewal$/),
    ]);
    expect(deals[2]).toMatchObject({ renews: first?.id });
    expect(new Set(deals.map(({ miner }) => miner)).size).toBe(4);

    await harness.turn(7);
    deals = await harness.deals.ofPiece(carId);
    expect(deals.map(({ state, slot, role }) => `${state} ${slot} ${role}`)).toEqual([
      'expiring 0 outgoing',
      'expiring 1 outgoing',
      'active 0 current',
      'active 1 current',
    ]);
    expect((await harness.pieces.find(carId))?.state).toBe('replicated');

    harness.chain.height = second!.endEpoch! + 1;
    harness.clock.advance(100_000);
    await harness.turn(12);
    deals = await harness.deals.ofPiece(carId);
    expect(deals.map(({ state }) => state)).toEqual(['ended', 'ended', 'active', 'active']);
    expect((await harness.pieces.find(carId))?.state).toBe('replicated');
  });

  it('gives its slot to its renewal when it is lost before that is active', async () => {
    const carId = await harness.replicated();
    const before = await harness.deals.ofPiece(carId);
    harness.chain.height = Math.max(...before.map(({ endEpoch }) => endEpoch ?? 0)) - 900;
    harness.clock.advance(100_000);
    await harness.turn(2);
    harness.chain.putDeal({ chainDealId: before[0]!.chainDealId!, slashEpoch: harness.chain.height });
    harness.clock.advance(100_000);
    await harness.turn(20);
    const live = (await harness.deals.ofPiece(carId)).filter(({ state }) => state === 'active');
    expect(live.map(({ slot, role }) => `${slot} ${role}`).sort()).toEqual(['0 current', '1 current']);
    expect(live.map(({ id }) => id)).not.toContain(before[0]?.id);
  });
});

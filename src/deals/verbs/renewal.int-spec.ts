import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { DealWorld } from '../testing/deal-world.js';

describe('a deal near its end', () => {
  let database: TestDatabase;
  let world: DealWorld;
  beforeAll(async () => {
    database = await testDatabase();
    world = new DealWorld(database.url, {
      env: { DEALS_REPLICATION: '2', DEALS_DURATION: '10000', DEALS_START_DELAY: '100', DEALS_RENEW_WINDOW: '1000' },
    });
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });

  it('is replaced before it ends with another miner, kept until the new one is active, then lets it have the slot', async () => {
    const carId = await world.replicated();
    const [first, second] = await world.deals.ofPiece(carId);
    expect([first?.state, second?.state]).toEqual(['active', 'active']);

    world.chain.height = first!.endEpoch! - 900;
    world.clock.pass(100_000);
    await world.turn(2);
    let deals = await world.deals.ofPiece(carId);
    expect(deals.map(({ state, slot }) => `${state} ${slot}`)).toEqual([
      'expiring 0',
      'expiring 1',
      expect.stringMatching(/ 100$/),
      expect.stringMatching(/ 101$/),
    ]);
    expect(deals[2]).toMatchObject({ renews: first?.id });
    expect(new Set(deals.map(({ miner }) => miner)).size).toBe(4);

    await world.turn(7);
    deals = await world.deals.ofPiece(carId);
    expect(deals.map(({ state, slot }) => `${state} ${slot}`)).toEqual([
      'expiring 100',
      'expiring 101',
      'active 0',
      'active 1',
    ]);
    expect((await world.pieces.find(carId))?.state).toBe('replicated');

    world.chain.height = second!.endEpoch! + 1;
    world.clock.pass(100_000);
    await world.turn(2);
    deals = await world.deals.ofPiece(carId);
    expect(deals.map(({ state }) => state)).toEqual(['ended', 'ended', 'active', 'active']);
    expect((await world.pieces.find(carId))?.state).toBe('replicated');
  });

  it('gives its slot to its renewal when it is lost before that is active', async () => {
    const carId = await world.replicated();
    const before = await world.deals.ofPiece(carId);
    world.chain.height = Math.max(...before.map(({ endEpoch }) => endEpoch ?? 0)) - 900;
    world.clock.pass(100_000);
    await world.turn(2);
    world.chain.putDeal({ chainDealId: before[0]!.chainDealId!, slashEpoch: world.chain.height });
    world.clock.pass(100_000);
    await world.turn(9);
    const live = (await world.deals.ofPiece(carId)).filter(({ state }) => state === 'active');
    expect(live.map(({ slot }) => slot).sort()).toEqual([0, 1]);
    expect(live.map(({ id }) => id)).not.toContain(before[0]?.id);
  });
});

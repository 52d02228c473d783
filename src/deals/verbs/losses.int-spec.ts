import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { type CarId } from '../../shared/index.js';
import { DealHarness, type HarnessOptions } from '../testing/deal-harness.js';

/** A node that lags, was restored or follows a fork loses no deal; one that says so repeatedly and freshly does. */
describe('a deal that the node says is lost', () => {
  let database: TestDatabase;
  let harness: DealHarness;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    await harness.close();
    await database.query('TRUNCATE deals, pieces, deal_moves, outbox, settings, deal_faults CASCADE');
  });
  afterAll(() => database.drop());
  const begin = (options: HarnessOptions = {}) => (harness = new DealHarness(database.url, options));
  const active = async (carId: CarId) => (await harness.states(carId)).filter((state) => state === 'active').length;

  it('is not lost by one "not found", nor by many from a head that is old', async () => {
    begin();
    const carId = await harness.replicated();
    const market = harness.chain.deals.get(1000n)!;
    harness.chain.deals.delete(1000n);
    harness.clock.advance(100_000);
    await harness.turn(1);
    expect((await harness.deals.ofPiece(carId)).filter(({ doubt }) => doubt !== null)).toEqual([
      expect.objectContaining({
        state: 'active',
        doubt: expect.objectContaining({ of: 'chain-deal-missing', count: 1 }),
      }),
    ]);
    harness.chain.headAgeSeconds = 3_600;
    await harness.turn(40);
    expect(await active(carId)).toBe(6);
    harness.chain.headAgeSeconds = 0;
    harness.chain.putDeal(market);
    await harness.turn(14);
    expect(await active(carId)).toBe(6);
    expect((await harness.deals.ofPiece(carId)).every(({ doubt }) => doubt === null)).toBe(true);
    expect(harness.outcomes.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('is lost when fresh heads say so three times over ten epochs, and is replaced then', async () => {
    begin();
    const carId = await harness.replicated();
    harness.chain.deals.delete(1000n);
    harness.clock.advance(100_000);
    await harness.turn(9);
    expect(await active(carId)).toBe(6);
    await harness.turn(12);
    const deals = await harness.deals.ofPiece(carId);
    expect(deals.filter(({ state }) => state === 'failed')).toEqual([
      expect.objectContaining({ failureReason: 'chain-deal-missing' }),
    ]);
    expect(await active(carId)).toBe(6);
  });

  it('is not given up while a restored node has gone back in time, nor ended by a head that is far ahead', async () => {
    begin();
    const carId = await harness.replicated();
    const height = harness.chain.height;
    harness.chain.height = height - 500;
    harness.chain.deals.clear();
    harness.clock.advance(100_000);
    await harness.turn(30);
    expect(await active(carId)).toBe(6);
    harness.chain.height = 10_000_000;
    harness.chain.headAgeSeconds = -3_600;
    await harness.turn(30);
    expect(await active(carId)).toBe(6);
  });

  it('keeps its slot while the client node has forgotten proposals after a restore, and goes on when it remembers', async () => {
    begin({ env: { DEALS_REPLICATION: '1' } });
    const carId = await harness.committed();
    await harness.turn(1);
    const [proposal] = harness.market.proposals.splice(0);
    await harness.turn(3);
    expect(await harness.states(carId)).toEqual(['proposed']);
    harness.market.proposals.push(proposal!);
    await harness.turn(10);
    expect(await harness.states(carId)).toEqual(['active']);
  });

  it('releases what it had reserved when its piece is wanted no more, unless it went out', async () => {
    begin();
    harness.market.down = true;
    const carId = await harness.committed();
    await harness.replicate.run(carId, harness.signal);
    expect((await harness.reservations.audit()).reserved.cost).toBeGreaterThan(0n);
    await harness.registry.retire(carId);
    harness.market.down = false;
    const [first] = await harness.deals.ofPiece(carId);
    const piece = {
      carId,
      root: 'bafyroot',
      carBytes: 1000,
      pieceCid: (await harness.pieces.find(carId))!.pieceCid!,
    };
    await harness.market.propose(
      { ...piece, pieceSize: 2048n },
      { price: 1n, verified: false, duration: 1000, startEpoch: 99_999 },
      first!.miner,
    );
    harness.clock.advance(60_000);
    expect(await harness.propose.releaseUnwanted(harness.signal)).toBe(6);
    expect((await harness.states(carId)).sort()).toEqual([...Array<string>(5).fill('failed'), 'proposed']);
    const { reserved, promised, faults } = await harness.reservations.audit();
    expect(faults).toEqual([]);
    expect(reserved).toEqual(promised);
    expect(harness.outcomes).toEqual([]);
    expect(await harness.propose.releaseUnwanted(harness.signal)).toBe(0);
  });

  it('looks at every deal in transfer, however many sealed ones are due and however slow the chain is about them', async () => {
    begin();
    await harness.replicated();
    await database.query(`INSERT INTO deals (car_id, miner, slot, verified, price, duration, state, chain_deal_id, next_check_at)
      SELECT car_id, 'f0' || n, 1000 + n, false, 0, 1, 'active', 1000000 + n, '2020-01-01' FROM pieces, generate_series(1, 3000) n`);
    const carId = await harness.committed();
    await harness.replicate.run(carId, harness.signal);
    harness.chain.marketDeals = () => Promise.reject(new Error('the chain is slow'));
    harness.clock.advance(3_000);
    expect(await harness.track.run(harness.signal)).toBe(6);
    await expect(harness.auditSealed.run(harness.signal)).rejects.toThrow('the chain is slow');
    harness.clock.advance(2_000);
    expect(await harness.track.run(harness.signal)).toBe(6);
    expect((await harness.deals.lateness()).sealed).toBeGreaterThan(1e6);
  });

  it('is looked at with a thousand others in a few questions, and again later when the node will not say', async () => {
    begin();
    const carId = await harness.replicated();
    harness.chain.silentAbout.add(1000n);
    harness.chain.asked.clear();
    harness.clock.advance(100_000);
    expect(await harness.auditSealed.run(harness.signal)).toBe(6);
    expect(harness.chain.asked.get('marketDeals')).toBe(1);
    expect(harness.chain.asked.get('marketDeal')).toBeUndefined();
    expect(await active(carId)).toBe(6);
    expect(await harness.auditSealed.run(harness.signal)).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { DealWorld } from '../testing/deal-world.js';

describe('a sealed CAR becomes six deals', () => {
  let database: TestDatabase;
  let world: DealWorld;
  beforeAll(async () => {
    database = await testDatabase();
    world = new DealWorld(database.url);
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });

  it('goes from sealed to six active deals with six distinct miners, each move with its epoch and event', async () => {
    const carId = await world.sealed();
    await world.turn(5);
    expect((await world.pieces.find(carId))?.state).toBe('replicating');
    world.market.seal(1234);
    await world.turn(2);

    const deals = await world.deals.ofPiece(carId);
    expect(deals.map(({ state }) => state)).toEqual(Array(6).fill('active'));
    expect(new Set(deals.map(({ miner }) => miner)).size).toBe(6);
    expect(deals.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(deals[0]).toMatchObject({ activeEpoch: 1234, bytesSent: 1000, startEpoch: 1000 + 20_160 });
    expect((await world.pieces.find(carId))?.state).toBe('replicated');
    const moves = await database.query('SELECT "from", "to", epoch FROM deal_moves WHERE deal_id = $1 ORDER BY id', [deals[0]?.id]);
    expect(moves.map((move) => `${String(move['from'])}>${String(move['to'])}`)).toEqual(['queued>proposed', 'proposed>accepted', 'accepted>transferring', 'transferring>published', 'published>active']);
    expect(moves.at(-1)?.['epoch']).toBe(1234);
    const events = await database.query<{ name: string; n: string }>("SELECT name, count(*) AS n FROM outbox WHERE payload->>'carId' = $1 GROUP BY name ORDER BY name", [carId]);
    expect(events).toEqual([{ name: 'deal.moved', n: '30' }, { name: 'piece.committed', n: '1' }, { name: 'piece.replicated', n: '1' }]);
  });
});

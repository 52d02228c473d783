import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { Settings } from '../../platform/settings/index.js';
import { type CarId, carId } from '../../shared/index.js';
import { PostgresPieceStore } from './postgres-piece.store.js';

let database: TestDatabase;
let prisma: Database;
let pieces: PostgresPieceStore;

beforeAll(async () => {
  database = await testDatabase();
  prisma = new Database(AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' }));
  const clock = new TestClock();
  pieces = new PostgresPieceStore(prisma, new Outbox(), new Settings(prisma, clock), clock);
});
afterAll(async () => {
  await prisma?.$disconnect();
  await database?.drop();
});

async function piece(terms: { shared?: boolean; ownMaxPrice?: boolean } = {}, state = 'committed'): Promise<CarId> {
  const id = carId(randomUUID());
  await database.query(
    `INSERT INTO pieces
       (car_id, root, car_bytes, state, replication, duration, verified, max_price, shared, own_max_price)
     VALUES ($1, 'bafy', 100, $2, 6, 518400, false, 5, $3, $4)`,
    [id, state, terms.shared ?? false, terms.ownMaxPrice ?? false],
  );
  return id;
}
const read = async (id: CarId) =>
  (
    await database.query<{ max_price: string; replication: number; state: string }>(
      'SELECT max_price::text, replication, state FROM pieces WHERE car_id = $1',
      [id],
    )
  )[0];

describe('The terms of pieces', () => {
  it("follow the platform's price upwards, where the uploader has named none", async () => {
    const [plain, other, own, gone] = [
      await piece({ shared: true }),
      await piece(),
      await piece({ ownMaxPrice: true }),
      await piece({ shared: true }, 'retired'),
    ];
    expect(await pieces.raisePlatformPrice(false, 9n)).toBe(2);
    expect(await Promise.all([plain, other, own, gone].map(async (id) => (await read(id))?.max_price))).toEqual([
      '9',
      '9',
      '5',
      '5',
    ]);
    expect(await pieces.raisePlatformPrice(false, 7n)).toBe(0);
    expect(await pieces.raisePlatformPrice(true, 900n)).toBe(0);
  });

  it('grow and never shrink; with more replication a piece has work to do again', async () => {
    const id = await piece({}, 'replicated');
    expect(await pieces.raiseTerms([id], { replication: 8 }, false)).toBe(1);
    expect(await read(id)).toEqual({ max_price: '5', replication: 8, state: 'replicating' });
    expect(await pieces.raiseTerms([id], { replication: 7, maxPrice: 6n }, false)).toBe(1);
    expect(await read(id)).toEqual({ max_price: '6', replication: 8, state: 'replicating' });
    expect(await pieces.raiseTerms([id], { replication: 2, maxPrice: 1n }, false)).toBe(0);
  });

  it('of a piece that contents share are not for one of them to raise', async () => {
    const id = await piece({ shared: true });
    expect(await pieces.raiseTerms([id], { maxPrice: 10n }, false)).toBe(0);
    expect(await pieces.raiseTerms([id], { maxPrice: 10n }, true)).toBe(1);
  });
});

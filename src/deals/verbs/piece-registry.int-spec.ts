import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { Settings } from '../../platform/settings/index.js';
import { carId } from '../../shared/index.js';
import { PostgresContentCarsStore } from '../store/postgres-content-cars.store.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';
import { PieceRegistry } from './piece-registry.js';

describe('the piece of a CAR', () => {
  let database: TestDatabase;
  let connections: Database;
  let registry: PieceRegistry;
  let pieces: PostgresPieceStore;
  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    connections = new Database(config);
    const clock = new TestClock();
    pieces = new PostgresPieceStore(connections, new Outbox(), new Settings(connections, clock), clock);
    registry = new PieceRegistry(pieces, new PostgresContentCarsStore(connections), config);
  });
  afterAll(async () => {
    await connections.onApplicationShutdown();
    await database.drop();
  });

  it.each([
    ['sealed', 'sealed'],
    ['discarded', 'retired'],
  ])('that is %s when the news of its sealing comes is made %s', async (state, becomes) => {
    const id = carId(randomUUID());
    await database.query(`INSERT INTO cars (id, kind, owner, state) VALUES ($1, 'segment', 'node/api', $2)`, [
      id,
      state,
    ]);
    if (state === 'discarded') await registry.retire(id);
    await registry.register({ carId: id, root: 'bafyroot', carBytes: 1_000, kind: 'segment', terms: null });
    expect(await pieces.find(id)).toMatchObject({ state: becomes });
    const due = (await registry.due()).commit.map(({ carId: one }) => one);
    expect(due.includes(id)).toBe(state === 'sealed');
  });
});

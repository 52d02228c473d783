import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { Database } from '../prisma/index.js';
import { Settings } from './index.js';

let server: TestDatabase;
let database: Database;
let settings: Settings;
beforeAll(async () => {
  server = await testDatabase();
  database = new Database(AppConfig.parse({ DATABASE_URL: server.url }));
  settings = new Settings(database, new TestClock());
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await server.drop();
});

it('a setting is what was said last, and undefined before', async () => {
  expect(await settings.get('a.switch')).toBeUndefined();
  await database.transaction((tx) => settings.set(tx, 'a.switch', false));
  await database.transaction((tx) => settings.set(tx, 'a.switch', true));
  expect(await settings.get('a.switch')).toBe(true);
});

it('a setting commits with its transaction or not at all', async () => {
  const failing = database.transaction(async (tx) => {
    await settings.set(tx, 'b.switch', 7);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await settings.get('b.switch')).toBeUndefined();
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { grantApplicationRole } from './application-role.js';

describe("the application's role", () => {
  let database: TestDatabase;
  let name: string;
  let application: pg.Client;

  beforeEach(async () => {
    database = await testDatabase();
    name = `app_${new URL(database.url).pathname.slice(1)}`;
    // As earlier versions left it: the queue's tables belong to the superuser.
    await onOwner((client) => runMigrations(client as never, 'bullmq'));
    for (let time = 0; time < 2; time += 1) await grantApplicationRole(database.url, { name, password: 'secret' });
    const url = new URL(database.url);
    [url.username, url.password] = [name, 'secret'];
    application = new pg.Client({ connectionString: url.href });
    await application.connect();
  });
  afterEach(async () => {
    await application.end();
    await onOwner(async (client) => {
      await client.query(`DROP OWNED BY ${name} CASCADE`);
      await client.query(`DROP ROLE ${name}`);
    });
    await database.drop();
  });

  async function onOwner(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await work(client).finally(() => client.end());
  }

  it('reads and writes rows, calls functions, and makes the tables of the queue', async () => {
    await application.query("INSERT INTO users (id, username) VALUES (gen_random_uuid(), 'ann')");
    await application.query("UPDATE users SET username = 'bob'");
    await application.query("SELECT nextval('contents_id_seq'), writer_epoch('x')");
    await application.query('DELETE FROM users');
    await runMigrations(application as never, 'bullmq');
    await application.query('CREATE TABLE bullmq.more (n int)');
    const { rows } = await application.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'bullmq' AND tableowner <> current_user",
    );
    expect(rows).toEqual([]);
  });

  it.each([
    ['runs programs on the server', "COPY users FROM PROGRAM 'true'"],
    ['reads files of the server', "SELECT pg_read_file('/etc/passwd')"],
    ['makes tables among ours', 'CREATE TABLE public.mine (n int)'],
    ['changes our tables', 'ALTER TABLE users ADD COLUMN more int'],
    ['drops our tables', 'DROP TABLE contents'],
    ['tells the migrator what was applied', 'DELETE FROM _prisma_migrations'],
    ['makes databases', 'CREATE DATABASE another'],
    ['makes roles', 'CREATE ROLE another'],
    ['changes settings of the server', "ALTER SYSTEM SET fsync = 'off'"],
    ['becomes a superuser', 'ALTER ROLE CURRENT_USER SUPERUSER'],
  ])('never %s', async (_what, statement) => {
    // 42501: insufficient_privilege
    await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('that is not there is not made without a password: an operator makes it', async () => {
    await expect(grantApplicationRole(database.url, { name: 'nobody_of_that_name' })).rejects.toThrow('does not exist');
  });
});

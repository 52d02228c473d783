import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { databaseProxy, type DatabaseProxy } from '../../../test/support/database-proxy.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { AppConfig } from '../../config/index.js';
import { StartRefused } from '../process/start-refused.js';
import { WriterSession } from './writer-session.js';

describe("the lock of a node's process in the database", () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let sessions: WriterSession[];
  let heard: string[];

  beforeEach(async () => {
    database = await testDatabase();
    proxy = await databaseProxy(database.url);
    sessions = [];
    heard = [];
  });
  afterEach(async () => {
    for (const session of sessions) await session.close();
    await proxy.close();
    await database.drop();
  });

  async function take(name = 'here/api', url = proxy.url): Promise<WriterSession> {
    const session = await WriterSession.take(AppConfig.parse({ DATABASE_URL: url }), name, {
      lost: () => heard.push('lost'),
      regained: () => heard.push('regained'),
      replaced: (message) => heard.push(message),
    });
    sessions.push(session);
    return session;
  }

  it('is had by one at a time, each role of each node for itself, and every taking has a number', async () => {
    const first = await take();
    expect([first.held, first.epoch]).toEqual([true, 1n]);
    await expect(take()).rejects.toThrow(StartRefused);
    await expect(take()).rejects.toThrow(/another process writes as here\/api in this database/);
    for (const other of ['here/worker', 'there/api']) expect((await take(other)).held).toBe(true);
    await first.close();
    expect([(await take()).epoch, first.held]).toEqual([2n, false]);
  }, 30_000);

  it('is lost with its connection, at once, and had again when nobody took it meanwhile', async () => {
    const session = await take();
    await proxy.cut();
    await until(() => !session.held);
    expect(() => session.assertHeld()).toThrow(
      expect.objectContaining({ status: 503, retryAfterMs: expect.any(Number) }),
    );
    await proxy.mend();
    await until(() => session.held);
    expect([session.epoch, heard]).toEqual([1n, ['lost', 'regained']]);
  });

  it.each([3_600_000, -3_600_000])(
    'tells the time of the database where the clock is wrong by %i ms',
    async (wrongMs) => {
      const right = Date.now.bind(Date);
      const shown = jest.spyOn(Date, 'now').mockImplementation(() => right() + wrongMs);
      try {
        const { clock } = await take();
        expect(Math.abs(clock.now().getTime() - right())).toBeLessThan(60_000);
        shown.mockRestore();
        expect(Math.abs(clock.now().getTime() - right())).toBeLessThan(60_000);
      } finally {
        shown.mockRestore();
      }
    },
  );

  it('is not had again while somebody else has it, and never when they took it to write', async () => {
    const session = await take();
    await proxy.cut();
    await until(() => !session.held);
    const rival = await take('here/api', database.url);
    expect(rival.epoch).toBe(2n);
    await proxy.mend();
    await until(() => heard.length === 2);
    expect(heard).toEqual(['lost', expect.stringContaining('another process took over here/api')]);
    expect([session.held, rival.held]).toEqual([false, true]);
  });

  it('is found out to be lost though the connection still seems to be there', async () => {
    const session = await take();
    await database.query("UPDATE processes SET epoch = epoch + 1 WHERE name = 'here/api'");
    await until(() => heard.length > 0);
    expect(heard).toEqual([expect.stringContaining('another process took over')]);
    expect(session.held).toBe(false);
  });
});

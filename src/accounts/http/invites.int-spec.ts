import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { accountsApp, type AccountsApp } from '../testing/accounts-app.js';

const PASSWORD = 'correct horse battery';

describe('invites', () => {
  let database: TestDatabase;
  let accounts: AccountsApp;
  const admin = (method: 'GET' | 'POST' | 'DELETE', url: string) =>
    accounts.call(method, url, { token: accounts.admin });

  beforeAll(async () => {
    database = await testDatabase();
    accounts = await accountsApp(database.url, { LOGIN_ATTEMPTS_PER_MINUTE: '3' });
  });
  afterAll(async () => {
    await accounts.app.close();
    await database.drop();
  });

  it('have the code that an operator chose, or one that nobody guesses', async () => {
    expect(await admin('POST', '/admin/invite/spring-2026')).toMatchObject({
      status: 200,
      body: { code: 'spring-2026' },
    });
    const { body } = await admin('POST', '/admin/invite');
    expect((body as { code: string }).code).toMatch(/^[\w-]{22}$/);
    expect(await admin('POST', '/admin/invite/spring-2026')).toMatchObject({
      status: 409,
      body: { error: { reason: 'ERR_INVITE_EXISTS' } },
    });
    expect(await admin('POST', '/admin/invite/two%20words')).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_INPUT' } },
    });
  });

  it('are listed with who made and who used them, newest first, page by page', async () => {
    await accounts.call('POST', '/register', {
      payload: { username: 'ann', password: PASSWORD, inviteCode: 'spring-2026' },
    });
    const all = (await admin('GET', '/admin/invites')).body as { id: string; code: string }[];
    expect(all[1]).toMatchObject({ code: 'spring-2026', createdBy: 'root', claimedBy: 'ann' });
    expect(all[0]).toMatchObject({ createdBy: 'root', claimedBy: '', claimedAt: null });
    expect((await admin('GET', `/admin/invites?limit=1&after=${all[0]?.id}`)).body).toEqual([all[1]]);
  });

  it('are taken back while nobody has used them', async () => {
    await admin('POST', '/admin/invite/taken-back');
    expect(await admin('DELETE', '/admin/invite/taken-back')).toMatchObject({ status: 200 });
    const payload = { username: 'ben', password: PASSWORD, inviteCode: 'taken-back' };
    expect(await accounts.call('POST', '/register', { payload })).toMatchObject({
      status: 404,
      body: { error: { reason: 'ERR_INVALID_INVITE' } },
    });
    expect(await admin('DELETE', '/admin/invite/taken-back')).toMatchObject({ status: 404 });
    expect(await admin('DELETE', '/admin/invite/never-made')).toMatchObject({ status: 404 });
    expect(await admin('DELETE', '/admin/invite/spring-2026')).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVITE_ALREADY_USED' } },
    });
  });

  describe('and passwords are not tried without end', () => {
    /** Tries until it is told to wait: the first answer and the last. */
    const untilRefused = async (payload: (at: number) => object, from: (at: number) => string) => {
      const first = await accounts.call('POST', '/login', { payload: payload(0), from: from(0) });
      let last = first;
      for (let at = 1; at < 200 && last.status !== 429; at += 1)
        last = await accounts.call('POST', '/login', { payload: payload(at), from: from(at) });
      return { first, last };
    };
    const refused = {
      first: { status: 403 },
      last: {
        status: 429,
        body: { error: { reason: 'ERR_TOO_MANY_REQUESTS' } },
        headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
      },
    };

    it.each(['ann', 'nobody-here'])('of one name from many addresses: %s', async (username) => {
      const tried = await untilRefused(
        () => ({ username, password: 'a guess' }),
        (at) => `192.0.2.${at + 1}`,
      );
      expect(tried).toMatchObject(refused);
    });

    it('of many names from one address, a /64 being one', async () => {
      const tried = await untilRefused(
        (at) => ({ username: `name-${at}`, password: 'a guess' }),
        (at) => `2001:db8::${at + 1}`,
      );
      expect(tried).toMatchObject(refused);
    });
  });
});

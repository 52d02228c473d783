import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { accountsApp, type AccountsApp } from '../testing/accounts-app.js';

const PASSWORD = 'correct horse battery';

interface Entry {
  id: string;
  actor: string;
  actingAs: string | null;
  route: string;
  target: object;
  status: number | null;
}

describe('the audit log', () => {
  let database: TestDatabase;
  let accounts: AccountsApp;
  let ann: string;
  const asAdmin = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
    accounts.call(method, url, { token: accounts.admin, ...(payload ? { payload } : {}) });
  const entries = async (query = '') => (await asAdmin('GET', `/admin/audit${query}`)).body as Entry[];
  /** The newest entry of a route, once its result is there. */
  const entryOf = (route: string) =>
    until(async () => (await entries()).find((entry) => entry.route === route && entry.status !== null), {
      what: `${route} is in the log`,
    });

  beforeAll(async () => {
    database = await testDatabase();
    accounts = await accountsApp(database.url, { LOGIN_ATTEMPTS_PER_MINUTE: '10000' });
    ann = await accounts.register('ann', PASSWORD);
  });
  afterAll(async () => {
    await accounts.app.close();
    await database.drop();
  });

  it('has what an admin did, to what, with what result', async () => {
    await asAdmin('PUT', '/admin/users/ann/limits', { bytesQuota: 1000, pinWeight: 2 });
    expect(await entryOf('PUT /admin/users/:username/limits')).toMatchObject({
      actor: 'root',
      actingAs: null,
      target: { username: 'ann', bytesQuota: 1000, pinWeight: 2 },
      status: 200,
      address: '127.0.0.1',
      keyId: expect.any(String),
    });
    await asAdmin('DELETE', '/admin/invite/never-made');
    expect(await entryOf('DELETE /admin/invite/:code')).toMatchObject({ target: { code: 'never-made' }, status: 404 });
  });

  it('has logins, passwords and keys of everybody, and no secret', async () => {
    const { body } = await accounts.call('POST', '/user/api-keys', { token: ann, payload: { label: 'laptop' } });
    const { token, tokenHash } = body as { token: string; tokenHash: string };
    expect(await entryOf('POST /user/api-keys')).toMatchObject({ actor: 'ann', target: { label: 'laptop' } });
    await accounts.call('DELETE', `/user/api-keys/${token}`, { token: ann });
    expect(await entryOf('DELETE /user/api-keys/:key_or_hash')).toMatchObject({ target: { key_or_hash: tokenHash } });
    const payload = { oldPassword: PASSWORD, newPassword: 'another good password' };
    await accounts.call('PUT', '/user/password', { token: ann, payload });
    expect(await entryOf('PUT /user/password')).toMatchObject({ actor: 'ann', status: 200 });
    await accounts.call('POST', '/login', { payload: { username: 'ann', password: 'another good password' } });
    expect(await entryOf('POST /login')).toMatchObject({ actor: 'ann' });
    expect(await entryOf('POST /register')).toMatchObject({ actor: 'ann', target: {} });
    const rows = JSON.stringify(await database.query('SELECT * FROM audit_entries'));
    for (const secret of [token, PASSWORD, 'another good password']) expect(rows).not.toContain(secret);
  });

  it('has nothing of who may not, and nothing of reading', async () => {
    const before = (await entries('?limit=1'))[0]?.id;
    await accounts.call('POST', '/admin/invite', { token: ann });
    await asAdmin('GET', '/admin/users');
    expect((await entries('?limit=1'))[0]?.id).toBe(before);
  });

  it('is read page by page, and by name', async () => {
    const all = await entries();
    expect(all.length).toBeGreaterThan(4);
    const paged: Entry[] = [];
    for (let before = ''; ;) {
      const page = await entries(`?limit=2${before}`);
      if (page.length === 0) break;
      paged.push(...page);
      before = `&before=${page.at(-1)?.id}`;
    }
    expect(paged.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(new Set((await entries('?actor=ann')).map(({ actor }) => actor))).toEqual(new Set(['ann']));
    expect(await entries('?actor=nobody')).toEqual([]);
    for (const query of ['?before=x', '?limit=0', '?limit=1001'])
      expect((await asAdmin('GET', `/admin/audit${query}`)).status).toBe(400);
    expect((await accounts.call('GET', '/admin/audit', { token: ann })).status).toBe(403);
  });

  it('stops what it cannot write down', async () => {
    await database.query('ALTER TABLE audit_entries RENAME TO gone');
    try {
      expect((await asAdmin('POST', '/admin/invite/unwritten')).status).toBeGreaterThanOrEqual(500);
      expect(await database.query("SELECT FROM invites WHERE code = 'unwritten'")).toEqual([]);
    } finally {
      await database.query('ALTER TABLE gone RENAME TO audit_entries');
    }
  });

  describe('of an admin who acts as somebody', () => {
    const actAs = async (username: string) => {
      const answer = await asAdmin('POST', `/admin/users/${username}/act-as`);
      return { ...answer, token: (answer.body as { token: string }).token };
    };

    it('has both names, and the session is the user for an hour', async () => {
      const { token, body } = await actAs('ann');
      const minutes = (new Date((body as { expiry: string }).expiry).getTime() - Date.now()) / 60_000;
      expect(Math.round(minutes)).toBe(60);
      expect(await entryOf('POST /admin/users/:username/act-as')).toMatchObject({
        actor: 'root',
        target: { username: 'ann' },
      });
      expect((await accounts.call('GET', '/viewer', { token })).body).toMatchObject({
        username: 'ann',
        perms: 2,
        actor: 'root',
      });
      await accounts.call('PUT', '/user/address', { token, payload: { address: 'f01729' } });
      expect(await entryOf('PUT /user/address')).toMatchObject({
        actor: 'root',
        actingAs: 'ann',
        target: { address: 'f01729' },
      });
      expect((await entries('?actingAs=ann')).every(({ actor }) => actor === 'root')).toBe(true);
    });

    it('makes nothing that lasts, and reaches no admin route and no admin', async () => {
      const { token } = await actAs('ann');
      for (const [method, url, payload] of [
        ['POST', '/user/api-keys', {}],
        ['PUT', '/user/password', { newPassword: 'taken over by root' }],
        ['GET', '/admin/users', undefined],
      ] as const)
        expect(await accounts.call(method, url, { token, ...(payload ? { payload } : {}) })).toMatchObject({
          status: 403,
          body: { error: { reason: 'ERR_NOT_AUTHORIZED' } },
        });
      expect((await actAs('root')).status).toBe(403);
      expect((await actAs('nobody')).status).toBe(404);
    });

    it('is seen by the user, who may end it', async () => {
      const { token } = await actAs('ann');
      const list = async () =>
        (await accounts.call('GET', '/user/sessions', { token: ann })).body as { id: string; label: string }[];
      const [seen] = await list();
      expect(seen?.label).toBe('root acts as ann');
      await accounts.call('DELETE', `/user/sessions/${seen?.id}`, { token: ann });
      await until(async () => (await accounts.call('GET', '/viewer', { token })).status === 401);
    });
  });
});

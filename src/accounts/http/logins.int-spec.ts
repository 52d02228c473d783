import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { AccountStore } from '../ports/account-store.port.js';
import { CredentialStore } from '../ports/credential-store.port.js';
import { accountsApp, type AccountsApp } from '../testing/accounts-app.js';

const PASSWORD = 'correct horse battery';
const refusal = (status: number, reason: string, field?: string) => ({
  status,
  body: {
    error: {
      code: status,
      reason,
      ...(field === undefined ? {} : { context: { fields: expect.arrayContaining([field]) } }),
    },
  },
});

describe('accounts made by invite', () => {
  let database: TestDatabase;
  let accounts: AccountsApp;

  beforeAll(async () => {
    database = await testDatabase();
    accounts = await accountsApp(database.url, { LOGIN_ATTEMPTS_PER_MINUTE: '10000' });
  });
  afterAll(async () => {
    await accounts.app.close();
    await database.drop();
  });

  const invite = async (): Promise<string> =>
    ((await accounts.call('POST', '/admin/invite', { token: accounts.admin })).body as { code: string }).code;
  const register = (payload: object) => accounts.call('POST', '/register', { payload });
  const login = (payload: object) => accounts.call('POST', '/login', { payload });
  const viewer = async (token: string) => (await accounts.call('GET', '/viewer', { token })).status;
  const tokenOf = ({ body }: { body: unknown }) => (body as { token: string }).token;
  const daysLeft = ({ body }: { body: unknown }) =>
    (new Date((body as { expiry: string }).expiry).getTime() - Date.now()) / 86_400_000;

  it('begin with a session of a week; later ones last a month', async () => {
    const made = await register({ username: 'Ann', password: PASSWORD, inviteCode: await invite() });
    expect(made).toMatchObject({ status: 200, body: { token: expect.stringMatching(/^EST.{36}ARY$/) } });
    expect(daysLeft(made)).toBeCloseTo(7, 1);
    expect((await accounts.call('GET', '/viewer', { token: tokenOf(made) })).body).toMatchObject({
      username: 'ann',
      perms: 2,
    });
    const again = await login({ username: 'ANN', password: PASSWORD });
    expect(again.status).toBe(200);
    expect(daysLeft(again)).toBeCloseTo(30, 1);
    expect(await viewer(tokenOf(again))).toBe(200);
  });

  it("take the hash of Estuary's own front end for the secret that it is", async () => {
    const passwordHash = '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
    expect((await register({ username: 'old-page', passwordHash, inviteCode: await invite() })).status).toBe(200);
    expect((await login({ username: 'old-page', passwordHash })).status).toBe(200);
    expect(await login({ username: 'old-page', passwordHash: passwordHash.replace('N9', 'N8') })).toMatchObject(
      refusal(403, 'ERR_INVALID_PASSWORD'),
    );
  });

  it('keep no password and no token', async () => {
    const code = await invite();
    const made = await register({ username: 'secretive', password: 'a very secret one', inviteCode: code });
    const rows = JSON.stringify([
      await database.query('SELECT * FROM users'),
      await database.query('SELECT * FROM api_keys'),
    ]);
    expect(rows).toContain('$argon2id$');
    expect(rows).not.toContain('a very secret one');
    expect(rows).not.toContain(tokenOf(made));
  });

  it('are one per invite, whoever comes at the same time', async () => {
    const inviteCode = await invite();
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, at) => register({ username: `racer-${at}`, password: PASSWORD, inviteCode })),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const late of all.filter(({ status }) => status !== 200))
      expect(late).toMatchObject(refusal(400, 'ERR_INVITE_ALREADY_USED', 'inviteCode'));
    expect(await database.query("SELECT FROM users WHERE username LIKE 'racer-%'")).toHaveLength(1);
  });

  it('are one per name, and who comes too late keeps the invite', async () => {
    const inviteCode = await invite();
    expect(await register({ username: 'root', password: PASSWORD, inviteCode })).toMatchObject(
      refusal(400, 'ERR_USERNAME_TAKEN', 'username'),
    );
    expect((await register({ username: 'roots', password: PASSWORD, inviteCode })).status).toBe(200);
  });

  it('need an invite that is good; without one nobody learns which names are taken', async () => {
    expect(await register({ username: 'root', password: PASSWORD, inviteCode: 'made-up' })).toMatchObject(
      refusal(404, 'ERR_INVALID_INVITE', 'inviteCode'),
    );
  });

  it.each([
    ['no name', { password: PASSWORD, inviteCode: 'x' }, 'username'],
    ['a name with a slash', { username: 'a/b', password: PASSWORD, inviteCode: 'x' }, 'username'],
    ['no password', { username: 'eve', inviteCode: 'x' }, 'password'],
    ['a short password', { username: 'eve', password: 'short', inviteCode: 'x' }, 'password'],
    ['the name as password', { username: 'evelyn-1', password: 'EVELYN-1', inviteCode: 'x' }, 'password'],
    ['a password too long', { username: 'eve', password: 'ab'.repeat(300), inviteCode: 'x' }, 'password'],
    ['two passwords', { username: 'eve', password: PASSWORD, passwordHash: PASSWORD, inviteCode: 'x' }, 'password'],
    ['no invite', { username: 'eve', password: PASSWORD }, 'inviteCode'],
    ['a number for a password', { username: 'eve', password: 12_345_678, inviteCode: 'x' }, 'password'],
  ])('are refused beside the field for %s', async (_what, payload, field) => {
    expect(await register(payload)).toMatchObject(refusal(400, 'ERR_INVALID_INPUT', field));
  });

  it('say the same of a wrong password, an unknown name and a name without a password', async () => {
    await accounts.register('known', PASSWORD);
    await accounts.app.get(AccountStore).addUser('passwordless', 'user');
    const answers = await Promise.all(
      ['known', 'unknown', 'passwordless'].map((username) => login({ username, password: 'not this one' })),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(403);
      expect(body).toEqual(answers[0]?.body);
    }
  });

  it('end a session by logout, and an API key not', async () => {
    const token = await accounts.register('leaver', PASSWORD);
    expect(await accounts.call('POST', '/logout', { token })).toMatchObject({ status: 200, body: {} });
    await until(async () => (await viewer(token)) === 401);
    expect(await accounts.call('POST', '/logout', { token: accounts.admin })).toMatchObject(
      refusal(400, 'ERR_NO_SESSION'),
    );
    expect(await viewer(accounts.admin)).toBe(200);
  });

  describe('and their passwords', () => {
    it('are changed by who knows the old one; every other session ends, keys stay', async () => {
      const mine = await accounts.register('changer', PASSWORD);
      const other = tokenOf(await login({ username: 'changer', password: PASSWORD }));
      const key = tokenOf(await accounts.call('POST', '/user/api-keys', { token: mine }));
      const change = (payload: object) => accounts.call('PUT', '/user/password', { token: mine, payload });
      expect(await change({ newPassword: 'another good one' })).toMatchObject(
        refusal(403, 'ERR_INVALID_PASSWORD', 'oldPassword'),
      );
      expect(await change({ oldPassword: 'a wrong one', newPassword: 'another good one' })).toMatchObject(
        refusal(403, 'ERR_INVALID_PASSWORD', 'oldPassword'),
      );
      expect(await change({ oldPassword: PASSWORD, newPassword: 'short' })).toMatchObject(
        refusal(400, 'ERR_INVALID_INPUT', 'password'),
      );
      expect(await viewer(other)).toBe(200);
      expect(await change({ oldPassword: PASSWORD, newPassword: 'another good one' })).toMatchObject({ status: 200 });
      await until(async () => (await viewer(other)) === 401);
      expect([await viewer(mine), await viewer(key)]).toEqual([200, 200]);
      expect((await login({ username: 'changer', password: PASSWORD })).status).toBe(403);
      expect((await login({ username: 'changer', password: 'another good one' })).status).toBe(200);
    });

    it('are set without an old one where there is none', async () => {
      const payload = { newPasswordHash: 'a hash of a page' };
      expect((await accounts.call('PUT', '/user/password', { token: accounts.admin, payload })).status).toBe(200);
      expect((await login({ username: 'root', passwordHash: 'a hash of a page' })).status).toBe(200);
    });

    it('that are changed meanwhile begin no session', async () => {
      await accounts.register('slow', PASSWORD);
      const store = accounts.app.get(CredentialStore);
      const { user, passwordHash } = (await store.named('slow')) ?? {};
      const session = { userId: user!.id, tokenHash: 'h', label: '', scope: 'user', expiresAt: null } as const;
      const change = { next: 'the new hash', keep: user!.id };
      expect(await store.changePassword(user!.id, { old: passwordHash!, ...change }, new Date())).toBe(true);
      expect(await store.openSession(session, passwordHash!, new Date())).toBeNull();
      expect(await store.changePassword(user!.id, { old: passwordHash!, ...change }, new Date())).toBe(false);
    });
  });

  it('have an address of Filecoin, or none', async () => {
    const token = await accounts.register('payer', PASSWORD);
    const put = (address: string) => accounts.call('PUT', '/user/address', { token, payload: { address } });
    expect((await put('f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy')).status).toBe(200);
    expect((await accounts.call('GET', '/viewer', { token })).body).toMatchObject({
      address: 'f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy',
    });
    expect(await put('f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryz')).toMatchObject(
      refusal(400, 'ERR_INVALID_INPUT', 'address'),
    );
    expect((await put('')).status).toBe(200);
  });
});

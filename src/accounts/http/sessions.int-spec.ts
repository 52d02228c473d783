import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { LoginLinks } from '../verbs/login-links.js';
import { accountsApp, type AccountsApp, type Answer } from '../testing/accounts-app.js';

const PASSWORD = 'correct horse battery';
const refused = (status: number, reason: string) => ({ status, body: { error: { reason } } });

/** `name=value` of the cookie that an answer sets. */
const cookieOf = ({ headers }: Answer): string => String(headers['set-cookie']).split(';')[0] ?? '';
const csrfOf = ({ body }: Answer): string => (body as { csrfToken: string }).csrfToken;

describe('a session of the page', () => {
  let database: TestDatabase;
  let accounts: AccountsApp;

  beforeAll(async () => {
    database = await testDatabase();
    accounts = await accountsApp(database.url, { LOGIN_ATTEMPTS_PER_MINUTE: '10000' });
    await accounts.register('ann', PASSWORD);
    await accounts.register('ben', PASSWORD);
  });
  afterAll(async () => {
    await accounts.app.close();
    await database.drop();
  });

  const begin = (username = 'ann', headers: Record<string, string> = {}) =>
    accounts.call('POST', '/session', { payload: { username, password: PASSWORD }, headers });
  const withCookie = (cookie: string, headers: Record<string, string> = {}) => ({ headers: { cookie, ...headers } });

  it('is a cookie that no script reads and no other site sends', async () => {
    const begun = await begin();
    expect(begun).toMatchObject({ status: 200, body: { username: 'ann', csrfToken: expect.any(String) } });
    const attributes = String(begun.headers['set-cookie']).split('; ').slice(1);
    expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Strict']));
    expect(attributes).not.toContain('Secure');
    expect(JSON.stringify(begun.body)).not.toContain(cookieOf(begun).split('=')[1]);
    const seen = await accounts.call('GET', '/viewer', withCookie(cookieOf(begun)));
    expect(seen).toMatchObject({ status: 200, body: { username: 'ann', csrfToken: csrfOf(begun) } });
    expect(seen.headers['cache-control']).toBe('no-store');
  });

  it('changes something only with the token that our own page can read', async () => {
    const begun = await begin();
    const put = (headers: Record<string, string>) =>
      accounts.call('PUT', '/user/address', {
        ...withCookie(cookieOf(begun), headers),
        payload: { address: 'f01729' },
      });
    const another = csrfOf(await begin('ben'));
    const bad: Record<string, string>[] = [{}, { 'x-csrf-token': 'x' }, { 'x-csrf-token': another }];
    for (const headers of bad) expect(await put(headers)).toMatchObject(refused(403, 'ERR_INVALID_CSRF_TOKEN'));
    expect((await put({ 'x-csrf-token': csrfOf(begun) })).status).toBe(200);
    const shown = await accounts.call('GET', '/session', withCookie(cookieOf(begun)));
    expect(csrfOf(shown)).toBe(csrfOf(begun));
  });

  it.each([
    ['says that another site sent it', { 'sec-fetch-site': 'cross-site' }],
    ["says that another host of the same site sent it, as a stranger's page is", { 'sec-fetch-site': 'same-site' }],
    ['comes from another origin', { origin: 'https://evil.example' }],
    ['comes from a sandbox', { origin: 'null' }],
    ['comes from another port', { origin: 'http://localhost:81' }],
  ])('is nothing when the browser %s', async (_what, headers) => {
    const begun = await begin();
    const more = { ...headers, 'x-csrf-token': csrfOf(begun) };
    const cross = refused(403, 'ERR_CROSS_SITE');
    expect(await accounts.call('GET', '/viewer', withCookie(cookieOf(begun), more))).toMatchObject(cross);
    expect(await accounts.call('POST', '/user/api-keys', withCookie(cookieOf(begun), more))).toMatchObject(cross);
    expect(await begin('ann', headers)).toMatchObject(cross);
  });

  it('is good for our own origin, and for who types the address', async () => {
    const cookie = cookieOf(await begin());
    const good: Record<string, string>[] = [
      { origin: 'http://127.0.0.1:3999', host: '127.0.0.1:3999', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of good)
      expect((await accounts.call('GET', '/viewer', withCookie(cookie, headers))).status).toBe(200);
  });

  it('is shown by its cookie alone, and tokens by their header alone', async () => {
    const session = cookieOf(await begin());
    const token = session.split('=')[1] ?? '';
    expect(await accounts.call('GET', '/viewer', { token })).toMatchObject(refused(401, 'ERR_INVALID_TOKEN'));
    const { body } = await accounts.call('POST', '/login', { payload: { username: 'ann', password: PASSWORD } });
    const bearer = (body as { token: string }).token;
    const planted = withCookie(`tidewater_session=${bearer}`);
    expect(await accounts.call('GET', '/viewer', planted)).toMatchObject(refused(401, 'ERR_INVALID_TOKEN'));
    expect(await accounts.call('GET', '/viewer', withCookie('tidewater_session=x'))).toMatchObject({ status: 401 });
  });

  it('stands behind a key: with a header, no cookie is looked at', async () => {
    const { headers } = withCookie(cookieOf(await begin()));
    expect(await accounts.call('GET', '/viewer', { token: accounts.admin, headers })).toMatchObject({
      body: { username: 'root', csrfToken: null },
    });
  });

  it('ends by logout at once for the browser, and within a second for everybody', async () => {
    const begun = await begin();
    const request = withCookie(cookieOf(begun), { 'x-csrf-token': csrfOf(begun) });
    const ended = await accounts.call('DELETE', '/session', request);
    expect(ended.status).toBe(200);
    expect(String(ended.headers['set-cookie'])).toMatch(/^tidewater_session=; .*(Max-Age=0|Expires=Thu, 01 Jan 1970)/);
    await until(async () => (await accounts.call('GET', '/viewer', withCookie(cookieOf(begun)))).status === 401);
    expect(await accounts.call('DELETE', '/session', { token: accounts.admin })).toMatchObject(
      refused(400, 'ERR_NO_SESSION'),
    );
  });

  it('is listed with what began it; others can be ended, one or all, and not by others', async () => {
    await accounts.register('cleo', PASSWORD);
    const mine = await begin('cleo', { 'user-agent': 'Firefox' });
    const phone = await begin('cleo', { 'user-agent': 'a phone' });
    const request = withCookie(cookieOf(mine), { 'x-csrf-token': csrfOf(mine) });
    const list = async () =>
      (await accounts.call('GET', '/user/sessions', request)).body as { id: string; label: string; current: boolean }[];
    expect(await list()).toMatchObject([
      { kind: 'browser', label: 'a phone', current: false },
      { kind: 'browser', label: 'Firefox', current: true },
      { kind: 'session', label: 'session', current: false },
    ]);
    const id = (await list())[0]?.id ?? '';
    const others = await accounts.call('DELETE', `/user/sessions/${id}`, { token: accounts.admin });
    expect(others).toMatchObject(refused(404, 'ERR_RECORD_NOT_FOUND'));
    expect((await accounts.call('DELETE', `/user/sessions/${id}`, request)).status).toBe(200);
    await until(async () => (await accounts.call('GET', '/viewer', withCookie(cookieOf(phone)))).status === 401);
    expect((await accounts.call('DELETE', '/user/sessions', request)).status).toBe(200);
    expect(await list()).toMatchObject([{ current: true }]);
    // Sessions of the page are no keys.
    expect(await accounts.call('GET', '/user/api-keys', request)).toMatchObject({ body: [] });
  });

  it('of a bearer token stands behind the keys in their list, marked as what it is', async () => {
    const token = await accounts.register('dora', PASSWORD);
    await accounts.call('POST', '/user/api-keys', { token, payload: { label: 'laptop' } });
    await begin('dora');
    await accounts.call('POST', '/login', { payload: { username: 'dora', password: PASSWORD } });
    const list = async (query = '') =>
      ((await accounts.call('GET', `/user/api-keys${query}`, { token })).body as { label: string }[]).map(
        ({ label, ...key }) => [label, (key as { isSession?: boolean }).isSession],
      );
    expect(await list()).toEqual([
      ['laptop', false],
      ['session', true],
      ['session', true],
    ]);
    expect(await list('?isSession=false')).toEqual([['laptop', false]]);
    expect(await list('?isSession=true')).toHaveLength(2);
  });

  it('and a key that are revoked by one process are dead in the other', async () => {
    const other = await accountsApp(database.url);
    try {
      const session = await accounts.register('emil', PASSWORD);
      const { body } = await accounts.call('POST', '/user/api-keys', { token: session });
      const key = (body as { token: string }).token;
      const there = async (token: string) => (await other.call('GET', '/viewer', { token })).status;
      expect([await there(session), await there(key)]).toEqual([200, 200]);
      expect((await accounts.call('DELETE', `/user/api-keys/${key}`, { token: session })).status).toBe(200);
      expect((await accounts.call('POST', '/logout', { token: session })).status).toBe(200);
      await until(async () => (await there(session)) === 401 && (await there(key)) === 401);
    } finally {
      await other.app.close();
    }
  });

  it('is Secure and bound to the host where the platform is reached by https', async () => {
    const other = await accountsApp(database.url, { PUBLIC_URL: 'https://storage.example' });
    try {
      const headers = { origin: 'https://storage.example' };
      const begun = await other.call('POST', '/session', {
        payload: { username: 'ann', password: PASSWORD },
        headers,
      });
      expect(String(begun.headers['set-cookie'])).toMatch(/^__Host-tidewater_session=.*Secure/);
      expect((await other.call('GET', '/viewer', withCookie(cookieOf(begun), headers))).status).toBe(200);
      const plain = { origin: 'http://storage.example', host: 'storage.example' };
      expect(await other.call('GET', '/viewer', withCookie(cookieOf(begun), plain))).toMatchObject(
        refused(403, 'ERR_CROSS_SITE'),
      );
    } finally {
      await other.app.close();
    }
  });

  describe('begun by a link', () => {
    const open = (path: string, method: 'GET' | 'HEAD' = 'GET', headers: Record<string, string> = {}) =>
      accounts.app.inject({ method, url: path, headers });

    it('leads to the page once, and a preview does not use it up', async () => {
      const path = await accounts.app.get(LoginLinks).create('ann');
      expect((await open(path, 'HEAD')).statusCode).toBe(302);
      expect((await open(path, 'GET', { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
      const all = await Promise.all([open(path), open(path), open(path)]);
      const [good, ...rest] = all.toSorted((one, other) => one.statusCode - other.statusCode);
      expect(good?.statusCode).toBe(302);
      expect(good?.headers).toMatchObject({ location: '/app', 'cache-control': 'no-store' });
      for (const late of rest) {
        expect([late.statusCode, late.headers['set-cookie']]).toEqual([403, undefined]);
        expect(late.json()).toMatchObject({ error: { reason: 'ERR_INVALID_LOGIN_LINK' } });
      }
      const cookie = String(good?.headers['set-cookie']).split(';')[0] ?? '';
      expect((await accounts.call('GET', '/viewer', withCookie(cookie))).body).toMatchObject({ username: 'ann' });
    });

    it('does not last, and what is kept of it does not lead back to it', async () => {
      const path = await accounts.app.get(LoginLinks).create('ben');
      expect(JSON.stringify(await database.query('SELECT * FROM login_links'))).not.toContain(path.split('/').pop());
      await database.query("UPDATE login_links SET expires_at = now() - interval '1 second'");
      expect((await open(path)).statusCode).toBe(403);
      expect((await open('/login/once/made-up')).statusCode).toBe(403);
    });
  });
});

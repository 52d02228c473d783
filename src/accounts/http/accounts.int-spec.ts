import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig } from '../../config/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule } from '../index.js';
import { AccountStore } from '../ports/account-store.port.js';
import { ApiKeyRegistry } from '../verbs/api-key-registry.js';

interface Key {
  id: string;
  token: string;
  tokenHash: string;
  label: string;
  expiry: string | null;
  scope: string;
  isSession: boolean;
  lastUsedAt: string | null;
}

describe('the routes of accounts', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let admin: string;
  let ann: string;

  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent', DEALS_REPLICATION: '4' });
    @Module({ imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule] })
    class TestApp {}
    app = await createHttpApp(TestApp);
    await app.init();
    const root = await app.get(AccountStore).addUser('root', 'admin');
    admin = (await app.get(ApiKeyRegistry).create({ userId: root.id, scope: 'admin', label: '', expiry: 'false' }))
      .token;
    ann = ((await call('POST', '/admin/users', admin, { username: 'Ann' })).body as { apiKey: Key }).apiKey.token;
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  async function call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    token: string,
    payload?: object,
  ): Promise<{ status: number; body: unknown }> {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(payload ? { payload } : {}),
    });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
  }

  it('show the viewer and the settings that count for uploads', async () => {
    expect(await call('GET', '/viewer', ann)).toMatchObject({
      status: 200,
      body: { username: 'ann', perms: 2, settings: { replication: 4, contentAddingDisabled: false } },
    });
    expect(await call('GET', '/viewer', admin)).toMatchObject({
      body: { username: 'root', perms: 10, auth_expiry: null },
    });
  });

  it('make a key whose token is shown once and never stored', async () => {
    const made = (await call('POST', '/user/api-keys?expiry=1h&perms=upload&label=laptop', ann)).body as Key;
    expect(made).toMatchObject({
      token: expect.stringMatching(/^EST.{36}ARY$/),
      label: 'laptop',
      scope: 'upload',
      isSession: false,
    });
    expect(new Date(made.expiry ?? 0).getTime() - Date.now()).toBeLessThanOrEqual(3_600_000);
    const listed = ((await call('GET', '/user/api-keys', ann)).body as Key[]).find(({ id }) => id === made.id);
    expect(listed).toMatchObject({ token: '', tokenHash: made.tokenHash });
    const dump = JSON.stringify(await database.query('SELECT * FROM api_keys'));
    expect(dump).toContain(made.tokenHash);
    expect(dump).not.toContain(made.token);
  });

  it('let a key live 30 days unless told otherwise, or for ever', async () => {
    const days = (key: Key) => (new Date(key.expiry ?? 0).getTime() - Date.now()) / 86_400_000;
    expect(days((await call('POST', '/user/api-keys', ann)).body as Key)).toBeCloseTo(30, 1);
    expect((await call('POST', '/user/api-keys?expiry=false', ann)).body).toMatchObject({
      expiry: null,
      scope: 'user',
    });
    expect((await call('POST', '/user/api-keys', ann, { expiry: false })).body).toMatchObject({ expiry: null });
    expect((await call('POST', '/user/api-keys', ann, { expiry: true })).status).toBe(400);
    expect(await call('POST', '/user/api-keys?expiry=soon', ann)).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_INPUT' } },
    });
  });

  it('revoke by token, hash or id', async () => {
    for (const name of ['token', 'tokenHash', 'id'] as const) {
      const made = (await call('POST', '/user/api-keys', ann)).body as Key;
      expect(await call('DELETE', `/user/api-keys/${made[name]}`, ann)).toEqual({ status: 200, body: null });
      expect((await call('GET', '/viewer', made.token)).status).toBe(401);
    }
  });

  it('do not reach the keys of others', async () => {
    const roots = (await call('POST', '/user/api-keys', admin)).body as Key;
    expect((await call('GET', '/user/api-keys', ann)).body).not.toContainEqual(
      expect.objectContaining({ id: roots.id }),
    );
    expect(await call('DELETE', `/user/api-keys/${roots.id}`, ann)).toMatchObject({
      status: 404,
      body: { error: { reason: 'ERR_RECORD_NOT_FOUND' } },
    });
    expect((await call('GET', '/viewer', roots.token)).status).toBe(200);
  });

  it('hand out no more than the caller holds', async () => {
    expect(await call('POST', '/user/api-keys?perms=admin', ann)).toMatchObject({
      status: 403,
      body: { error: { reason: 'ERR_NOT_AUTHORIZED' } },
    });
    expect((await call('POST', '/user/api-keys?perms=all', admin)).body).toMatchObject({ scope: 'admin' });
  });

  describe('of limits', () => {
    beforeAll(async () => {
      await call('POST', '/admin/users', admin, { username: 'lim' });
    });

    it('show an account what it may have', async () => {
      expect(await call('GET', '/user/limits', ann)).toEqual({
        status: 200,
        body: {
          limits: {
            pinWeight: 1,
            bytesQuota: null,
            pinsQuota: null,
            replicationCap: 4,
            durationCap: 1_494_720,
            priceCap: '30000000000',
            verifiedPriceCap: '0',
            dataCapPerDay: null,
            spendPerDay: null,
            contentAddingDisabled: false,
          },
          usage: {},
        },
      });
      expect((await call('GET', '/viewer', ann)).body).toMatchObject({
        limits: { pinWeight: 1, bytesQuota: null, pinsQuota: null },
      });
    });

    it('let an admin change what is named, and take it away again', async () => {
      expect(await call('PUT', '/admin/users/ANN/limits', admin, { bytesQuota: 1000, pinWeight: 5 })).toMatchObject({
        status: 200,
        body: { username: 'ann', limits: { pinWeight: 5, bytesQuota: 1000, pinsQuota: null } },
      });
      expect(await call('GET', '/user/limits', ann)).toMatchObject({
        body: { limits: { pinWeight: 5, bytesQuota: 1000 } },
      });
      expect(await call('PUT', '/admin/users/ann/limits', admin, { bytesQuota: null, pinsQuota: 7 })).toMatchObject({
        body: { limits: { pinWeight: 5, bytesQuota: null, pinsQuota: 7 } },
      });
      expect((await call('GET', '/admin/users', admin)).body).toContainEqual(
        expect.objectContaining({
          username: 'ann',
          limits: expect.objectContaining({ pinWeight: 5, bytesQuota: null, pinsQuota: 7, replicationCap: 4 }),
          spaceUsed: 0,
          numFiles: 0,
        }),
      );
    });

    it.each([
      ['nothing', {}],
      ['a misspelt name', { byteQuota: 5 }],
      ['less than nothing', { bytesQuota: -1 }],
      ['half a byte', { bytesQuota: 1.5 }],
      ['text', { bytesQuota: '5' }],
      ['a number of attoFIL, which JSON would round', { spendPerDay: 5 }],
      ['more attoFIL than there are', { priceCap: '1'.repeat(31) }],
      ['more replication than anybody gets', { replicationCap: 51 }],
      ['more than a number holds', { bytesQuota: 2 ** 53 }],
      ['no weight', { pinWeight: 0 }],
      ['null for a weight', { pinWeight: null }],
      ['too much weight', { pinWeight: 101 }],
      ['too many pins', { pinsQuota: 2 ** 31 }],
    ])('refuse %s', async (_what, change) => {
      expect(await call('PUT', '/admin/users/lim/limits', admin, change)).toMatchObject({
        status: 400,
        body: { error: { reason: 'ERR_INVALID_INPUT' } },
      });
      expect(
        await database.query('SELECT FROM account_limits l JOIN users u ON u.id = l.user_id WHERE username = $1', [
          'lim',
        ]),
      ).toEqual([]);
    });

    it('are set by admins alone, for users that there are', async () => {
      expect((await call('PUT', '/admin/users/ann/limits', ann, { bytesQuota: null })).status).toBe(403);
      expect(await call('PUT', '/admin/users/nobody/limits', admin, { pinWeight: 2 })).toMatchObject({
        status: 404,
        body: { error: { reason: 'ERR_USER_NOT_FOUND' } },
      });
    });
  });

  it('keep user administration to admins', async () => {
    expect((await call('GET', '/admin/users', ann)).status).toBe(403);
    expect((await call('POST', '/admin/users', ann, { username: 'eve' })).status).toBe(403);
    expect((await call('GET', '/admin/users', admin)).body).toEqual([
      expect.objectContaining({ username: 'root', role: 'admin' }),
      expect.objectContaining({ username: 'ann', role: 'user' }),
      expect.objectContaining({ username: 'lim' }),
    ]);
  });

  it('take a name once, whatever its case, and only proper ones', async () => {
    expect(await call('POST', '/admin/users', admin, { username: 'ANN' })).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_USERNAME_TAKEN' } },
    });
    expect(await call('POST', '/admin/users', admin, { username: '../x' })).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_INPUT' } },
    });
    expect(await call('POST', '/admin/users', admin, {})).toMatchObject({
      status: 400,
      body: { error: { details: expect.stringContaining('username') } },
    });
    // Nobody is made without a key.
    expect(await call('POST', '/admin/users', admin, { username: 'kay', expiry: 'soon' })).toMatchObject({
      status: 400,
    });
    expect(await call('POST', '/admin/users', admin, { username: 'kay' })).toMatchObject({ body: { username: 'kay' } });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig } from '../../config/index.js';
import { createHttpApp, Public } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import {
  AccountsHttpModule,
  AccountLimits,
  AddsContent,
  AccountsModule,
  CurrentUser,
  Owned,
  OwnerRegistry,
  RequireScope,
  type Caller,
} from '../index.js';
import { hashToken, newToken } from '../domain/api-key.js';
import type { Scope } from '../domain/caller.js';
import { AccountStore, type User } from '../ports/account-store.port.js';

@Controller('things')
class ThingsController {
  @Get()
  list(@CurrentUser() caller: Caller): object {
    return { who: caller.username };
  }

  @Get('open')
  @Public()
  open(): object {
    return { open: true };
  }

  @Get('upload')
  @RequireScope('upload')
  upload(): object {
    return {};
  }

  @Get('secret')
  @RequireScope('admin')
  secret(): object {
    return {};
  }

  @Post('more')
  @AddsContent()
  add(): object {
    return { added: true };
  }

  @Get(':id')
  @Owned('thing', 'id')
  one(@Param('id') id: string): object {
    return { id };
  }
}

describe('the guards of every route', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let alice: User;
  let bob: User;
  let root: User;

  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    @Module({
      imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule],
      controllers: [ThingsController],
    })
    class TestApp {}
    app = await createHttpApp(TestApp);
    app.get(OwnerRegistry).register('thing', (id) => Promise.resolve(id === '1' ? alice.id : null));
    await app.init();
    const store = app.get(AccountStore);
    alice = await store.addUser('alice', 'user');
    bob = await store.addUser('bob', 'user');
    root = await store.addUser('root', 'admin');
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  async function keyFor(user: User, scope: Scope, expiresAt: Date | null = null): Promise<string> {
    const token = newToken();
    await app.get(AccountStore).addKey({ userId: user.id, tokenHash: hashToken(token), label: '', scope, expiresAt });
    return token;
  }

  async function ask(
    url: string,
    authorization?: string,
  ): Promise<{ status: number; body: unknown; headers: Record<string, unknown> }> {
    const answer = await app.inject({ url, headers: authorization === undefined ? {} : { authorization } });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  }
  const reason = (body: unknown) => (body as { error: { reason: string } }).error.reason;

  it('let a good key in and tell the route who asks', async () => {
    expect(await ask('/things', `Bearer ${await keyFor(alice, 'user')}`)).toMatchObject({
      status: 200,
      body: { who: 'alice' },
    });
  });

  it('let nothing in where an operator switched that off', async () => {
    const add = async (key: string) =>
      app.inject({ method: 'POST', url: '/things/more', headers: { authorization: `Bearer ${key}` } });
    const [hers, his] = [await keyFor(alice, 'user'), await keyFor(bob, 'user')];
    await app.get(AccountLimits).set(alice.id, { contentAddingDisabled: true });
    expect((await add(hers)).json()).toMatchObject({
      error: { code: 400, reason: 'ERR_CONTENT_ADDING_DISABLED' },
    });
    expect((await add(his)).statusCode).toBe(201);
    await app.get(AccountLimits).set(alice.id, { contentAddingDisabled: false });
    expect((await add(hers)).statusCode).toBe(201);
  });

  it('name what is wrong with the authorization, and challenge', async () => {
    const expired = await keyFor(alice, 'user', new Date(Date.now() - 1000));
    const cases: [string | undefined, string][] = [
      [undefined, 'ERR_AUTH_MISSING'],
      ['Basic abc', 'ERR_AUTH_MISSING_BEARER'],
      ['Bearer', 'ERR_AUTH_MISSING_BEARER'],
      ['Bearer a b', 'ERR_AUTH_MISSING_BEARER'],
      ['Bearer nonsense', 'ERR_INVALID_TOKEN'],
      [`Bearer ${newToken()}`, 'ERR_INVALID_TOKEN'],
      [`Bearer ${expired}`, 'ERR_TOKEN_EXPIRED'],
    ];
    for (const [authorization, expected] of cases) {
      const answer = await ask('/things', authorization);
      expect([authorization, answer.status, reason(answer.body), answer.headers['www-authenticate']]).toEqual([
        authorization,
        401,
        expected,
        'Bearer',
      ]);
    }
  });

  it('do not look for tokens in the query', async () => {
    expect(await ask(`/things?access_token=${await keyFor(alice, 'user')}`)).toMatchObject({ status: 401 });
  });

  it('leave public routes open', async () => {
    expect(await ask('/things/open')).toMatchObject({ status: 200, body: { open: true } });
    expect(await ask('/things/open', 'Bearer nonsense')).toMatchObject({ status: 200 });
  });

  it('hold upload-only keys and users to their scope', async () => {
    const upload = `Bearer ${await keyFor(alice, 'upload')}`;
    const user = `Bearer ${await keyFor(alice, 'user')}`;
    const admin = `Bearer ${await keyFor(root, 'admin')}`;
    const pretender = `Bearer ${await keyFor(alice, 'admin')}`;
    const statuses = await Promise.all([
      ask('/things/upload', upload),
      ask('/things', upload),
      ask('/things/secret', user),
      ask('/things/secret', pretender),
      ask('/things/secret', admin),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 403, 403, 403, 200]);
    expect(reason(statuses[1]?.body)).toBe('ERR_NOT_AUTHORIZED');
  });

  it('answer the same to a thing of somebody else and to one that is not there', async () => {
    const bobs = `Bearer ${await keyFor(bob, 'user')}`;
    const [foreign, missing] = await Promise.all([ask('/things/1', bobs), ask('/things/2', bobs)]);
    expect(foreign.status).toBe(404);
    expect(JSON.stringify(foreign.body).replace('1', '2')).toBe(JSON.stringify(missing.body));
    expect(await ask('/things/1', `Bearer ${await keyFor(alice, 'user')}`)).toMatchObject({ status: 200 });
    expect(await ask('/things/1', `Bearer ${await keyFor(root, 'admin')}`)).toMatchObject({ status: 200 });
  });

  it('forget a revoked key within a second', async () => {
    const token = await keyFor(alice, 'user');
    expect((await ask('/things', `Bearer ${token}`)).status).toBe(200);
    await app.get(AccountStore).revokeKey(alice.id, { tokenHash: hashToken(token) }, new Date());
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect((await ask('/things', `Bearer ${token}`)).status).toBe(401);
  });

  it('note when a key was last used', async () => {
    const token = await keyFor(alice, 'user');
    await ask('/things', `Bearer ${token}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(
      await database.query('SELECT last_used_at IS NOT NULL AS used FROM api_keys WHERE token_hash = $1', [
        hashToken(token),
      ]),
    ).toEqual([{ used: true }]);
  });
});

describe('a controller that names things without an owner check', () => {
  it('keeps the process from starting', async () => {
    @Controller('leaky')
    class LeakyController {
      @Get(':id')
      one(@Param('id') id: string): object {
        return { id };
      }
    }
    const database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    @Module({
      imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule],
      controllers: [LeakyController],
    })
    class TestApp {}
    const app = await createHttpApp(TestApp);
    await expect(app.init()).rejects.toThrow(/LeakyController.one \(GET\)/);
    await app.close();
    await database.drop();
  });
});

import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig } from '../../config/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { AccountsHttpModule, AccountsModule, ApiKeyRegistry } from '../index.js';
import { AccountStore } from '../ports/account-store.port.js';

/** What a route answered. */
export interface Answer {
  status: number;
  /** Parsed; null where there is none. */
  body: unknown;
  headers: Record<string, unknown>;
}

/** The routes of accounts alone, with an admin, on a database of its own. */
export interface AccountsApp {
  app: NestFastifyApplication;
  /** A key of the user `root`. */
  admin: string;
  /** One request; without a token it is a stranger's. */
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, more?: Call): Promise<Answer>;
  /** An account made by an invite, and its first session. */
  register(username: string, password: string): Promise<string>;
}

export interface Call {
  token?: string;
  payload?: object;
  headers?: Record<string, string>;
  /** The address that it comes from. */
  from?: string;
}

/** Settings as the environment writes them. Close `app` when done. */
export async function accountsApp(databaseUrl: string, settings: Record<string, string> = {}): Promise<AccountsApp> {
  const config = AppConfig.parse({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent', ...settings });
  @Module({ imports: [PlatformModule.forRoot({ process: 'api', config }), AccountsModule, AccountsHttpModule] })
  class TestApp {}
  const app = await createHttpApp(TestApp);
  await app.init();
  const store = app.get(AccountStore);
  const root = (await store.userByName('root')) ?? (await store.addUser('root', 'admin'));
  const { token: admin } = await app
    .get(ApiKeyRegistry)
    .create({ userId: root.id, scope: 'admin', label: '', expiry: 'false' });
  const call: AccountsApp['call'] = async (method, url, { token, payload, headers, from } = {}) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(payload ? { payload } : {}),
      ...(from === undefined ? {} : { remoteAddress: from }),
    });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json(), headers: answer.headers };
  };
  const register = async (username: string, password: string): Promise<string> => {
    const invite = (await call('POST', '/admin/invite', { token: admin })).body as { code: string };
    const made = await call('POST', '/register', { payload: { username, password, inviteCode: invite.code } });
    if (made.status !== 200) throw new Error(`${username} was not made: ${JSON.stringify(made.body)}`);
    return (made.body as { token: string }).token;
  };
  return { app, admin, call, register };
}

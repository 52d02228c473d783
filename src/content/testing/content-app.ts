import { hash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { ContentHttpModule, ContentModule, ResumableUploadsModule } from '../index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { createHttpApp } from '../../platform/http/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { userId, type UserId } from '../../shared/index.js';
import { StorageModule } from '../../storage/index.js';

/** A node of its own: database, data folder, and the content room behind HTTP. */
export interface ContentNode {
  database: TestDatabase;
  dataDir: string;
  /** The name in its data folder. */
  nodeId: string;
  app: NestFastifyApplication;
  url: string;
  alice: TestUser;
  bob: TestUser;
  /** Ends the application in order. */
  stop(): Promise<void>;
  /** Ends the application in order, and starts another on the same data. */
  restart(env?: Record<string, string>): Promise<void>;
  /** Starts another application on the same data while this one's process is taken for dead. */
  start(env?: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

/** Somebody in a test of this room, with a key of their own. */
export interface TestUser {
  id: UserId;
  key: string;
}

export async function contentNode(env: Record<string, string> = {}): Promise<ContentNode> {
  const database = await testDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tidewater-content-'));
  const apps: NestFastifyApplication[] = [];
  const node: ContentNode = {
    database,
    dataDir,
    get nodeId() {
      return node.app.get(NodeIdentity).id;
    },
    app: undefined as unknown as NestFastifyApplication,
    url: '',
    alice: await addUser(database, 'alice'),
    bob: await addUser(database, 'bob'),
    async start(more = {}) {
      node.app = await startApp({
        DATABASE_URL: database.url,
        TIDEWATER_DATA: dataDir,
        LOG_LEVEL: 'error',
        SEGMENT_MAX_AGE_SECONDS: '3600',
        ...env,
        ...more,
      });
      apps.push(node.app);
      node.url = await node.app.getUrl();
    },
    async stop() {
      await apps.pop()?.close();
    },
    async restart(more = {}) {
      await node.stop();
      await node.start(more);
    },
    async close() {
      for (const app of apps) await app.close().catch(() => undefined);
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  await node.start();
  return node;
}

async function startApp(env: Record<string, string>): Promise<NestFastifyApplication> {
  const config = AppConfig.parse(env);
  @Module({
    imports: [
      PlatformModule.forRoot({ process: 'api', config }),
      StorageModule.forProcess('api'),
      AccountsModule,
      ContentModule,
      AccountsHttpModule,
      ContentHttpModule,
      ResumableUploadsModule,
    ],
  })
  class TestApp {}
  const app = await createHttpApp(TestApp);
  await app.listen(0, '127.0.0.1');
  return app;
}

async function addUser(database: TestDatabase, username: string): Promise<TestUser> {
  const id = randomUUID();
  const key = `EST${randomUUID()}ARY`;
  await database.query('INSERT INTO users (id, username) VALUES ($1, $2)', [id, username]);
  await database.query('INSERT INTO api_keys (id, user_id, token_hash, scope) VALUES ($1, $2, $3, $4)', [
    randomUUID(),
    id,
    hash('sha256', key, 'base64url'),
    'user',
  ]);
  return { id: userId(id), key };
}

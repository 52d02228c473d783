import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { AccountsHttpModule, AccountsModule, ApiKeyRegistry, UserRegistry } from '../../accounts/index.js';
import { CommpModule } from '../../adapters/commp/index.js';
import { ChainSource } from '../../chain/index.js';
import { minerOnChain, ScriptedChainSource } from '../../chain/testing/scripted-chain-source.js';
import { AppConfig } from '../../config/index.js';
import { ContentHttpModule } from '../../content/index.js';
import { AskSource, MinersJobsModule } from '../../miners/index.js';
import { ScriptedAskSource } from '../../miners/testing/scripted-ask-source.js';
import { createHttpApp } from '../../platform/http/index.js';
import { OutboxJobsModule } from '../../platform/outbox/index.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { minerId } from '../../shared/index.js';
import { StorageModule } from '../../storage/index.js';
import { DealMaker, DealsHttpModule, DealsJobsModule, PieceSource } from '../index.js';
import { ScriptedDealMaker } from './scripted-deal-maker.js';

/** `GET /content/status/:content`, as far as tests look at it. */
export interface Status {
  content: { state: string };
  deals: {
    deal: { id: number; miner: string; state: string; propCid: string; dealId: number };
    transfer: { status: string; sent: number };
    onChainState: { sectorStartEpoch: number; slashEpoch: number } | null;
  }[];
  pieces: { state: string; pieceCid: string; carBytes: number; lastError: string | null }[];
  progress: { active: number; text: string };
  failuresCount: number;
}

/** Who calls; `root` is the operator, `weak` a key of an operator that may do what users may. */
type Who = 'alice' | 'bob' | 'root' | 'weak';

/**
 * API and worker with their own modules, queue, outbox, CAR files and commP; only the Filecoin network is played. It has
 * ten miners, one of which refuses and one whose transfers fail.
 */
export class PlayedPlatform {
  readonly chain = new ScriptedChainSource({
    miners: Array.from({ length: 10 }, (_, index) => minerOnChain(`t0${1000 + index}`)),
    blockDelaySeconds: 1,
    now: () => new Date(),
  });
  readonly maker = new ScriptedDealMaker(this.chain)
    .script(minerId('t01001'), 'refuses')
    .script(minerId('t01002'), 'transfer-fails');
  private readonly keys: Record<Who, string> = { alice: '', bob: '', root: '', weak: '' };
  private app: NestFastifyApplication | undefined;
  private worker: INestApplicationContext | undefined;
  private clock: NodeJS.Timeout | undefined;

  private constructor(
    readonly database: TestDatabase,
    private readonly folder: string,
  ) {}

  /** Both processes, on a database and a folder of their own. The network moves on by itself. */
  static async start(): Promise<PlayedPlatform> {
    const platform = new PlayedPlatform(await testDatabase(), await mkdtemp(path.join(tmpdir(), 'deals-')));
    await platform.begin();
    return platform;
  }

  async stop(): Promise<void> {
    clearInterval(this.clock);
    await this.worker?.close();
    await this.app?.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async call<T = unknown>(
    who: Who | null,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object | Buffer,
  ): Promise<{ status: number; body: T }> {
    const headers = {
      ...(who ? { authorization: `Bearer ${this.keys[who]}` } : {}),
      ...(Buffer.isBuffer(payload) ? { 'content-type': 'application/octet-stream' } : {}),
    };
    if (this.app === undefined) throw new Error('the platform is not started');
    const answer = await this.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: answer.statusCode, body: answer.json() as T };
  }

  private async begin(): Promise<void> {
    const { ApiProcess, WorkerProcess } = this.processes();
    const app = await createHttpApp(ApiProcess);
    this.app = app;
    await app.init();
    for (const name of ['alice', 'bob', 'root', 'weak'] as const) {
      const admin = name === 'root' || name === 'weak';
      const users = app.get(UserRegistry, { strict: false });
      const { id } = await users.create({ username: name, role: admin ? 'admin' : 'user' });
      const keys = app.get(ApiKeyRegistry, { strict: false });
      const key = await keys.create({
        userId: id,
        scope: name === 'root' ? 'admin' : 'user',
        label: '',
        expiry: 'false',
      });
      this.keys[name] = key.token;
    }
    this.worker = await NestFactory.createApplicationContext(WorkerProcess, { logger: false, abortOnError: false });
    this.clock = setInterval(() => this.maker.advance(), 150);
  }

  private processes() {
    const config = AppConfig.parse({
      DATABASE_URL: this.database.url,
      LOG_LEVEL: 'silent',
      TIDEWATER_DATA: this.folder,
      SEGMENT_MAX_AGE_SECONDS: '0.5',
      DEALS_CHECK_SECONDS: '0.2',
      MINERS_REFRESH_SECONDS: '1',
    });
    @Global()
    @Module({
      providers: [
        { provide: ChainSource, useValue: this.chain },
        { provide: DealMaker, useValue: this.maker },
        { provide: AskSource, useClass: ScriptedAskSource },
        { provide: PieceSource, useValue: { retrieve: () => Promise.reject(new Error('nobody has it')) } },
      ],
      exports: [ChainSource, DealMaker, AskSource, PieceSource],
    })
    class PlayedNetwork {}
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'api', config }),
        PlayedNetwork,
        AccountsModule,
        AccountsHttpModule,
        StorageModule.forProcess('api'),
        ContentHttpModule,
        DealsHttpModule,
      ],
    })
    class ApiProcess {}
    @Module({
      imports: [
        PlatformModule.forRoot({ process: 'worker', config }),
        PlayedNetwork,
        StorageModule.forProcess('worker'),
        CommpModule,
        OutboxJobsModule,
        MinersJobsModule,
        DealsJobsModule,
      ],
    })
    class WorkerProcess {}
    return { ApiProcess, WorkerProcess };
  }
}

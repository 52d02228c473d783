import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Processor } from '@nestjs/bullmq';
import { Inject, Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { AppConfig } from '../../config/index.js';
import { DomainError, SystemClock, type Clock } from '../../shared/index.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { HealthChecks } from '../health/index.js';
import { PlatformModule } from '../platform.module.js';
import {
  defineQueue,
  job,
  JobRunner,
  processorOptions,
  QueueModule,
  QueueRegistry,
  RoomProcessor,
  RoomQueue,
  roomQueueToken,
  type Handlers,
} from './index.js';
import { until } from '../../../test/support/until.js';

const forName = z.object({ name: z.string() });
const choresQueue = defineQueue('chores', {
  note: job({ payload: forName, jobId: ({ name }) => `note-${name}` }),
  flaky: job({ payload: forName, options: { attempts: 3, backoff: { type: 'fixed', delay: 50 } } }),
  hopeless: job({ payload: forName, options: { attempts: 5 } }),
  doomed: job({ payload: forName, jobId: ({ name }) => `doomed-${name}` }),
  later: job({ payload: forName, options: { attempts: 3 } }),
  long: job({ payload: forName, options: { attempts: 2 } }),
});

class Hopeless extends DomainError {
  readonly code = 'ERR_HOPELESS';
}
class NotYet extends DomainError {
  readonly code = 'ERR_NOT_YET';
  override readonly retryable = true;
}

const done: string[] = [];
const runs = (name: string) => done.filter((entry) => entry === name).length;

@Injectable()
class ChoresWatch {
  constructor(@Inject(roomQueueToken(choresQueue)) readonly queue: RoomQueue<typeof choresQueue.jobs>) {}
}

@Processor(choresQueue.name, processorOptions(choresQueue))
class ChoresProcessor extends RoomProcessor<typeof choresQueue.jobs> {
  readonly queue = choresQueue;
  readonly handlers: Handlers<typeof choresQueue.jobs> = {
    note: async ({ name }) => void done.push(name),
    flaky: async ({ name }) => {
      done.push(name);
      if (runs(name) < 3) throw new Error('try again');
    },
    hopeless: async ({ name }) => {
      done.push(name);
      throw new Hopeless('never');
    },
    doomed: async ({ name }) => {
      done.push(name);
      throw new Hopeless('never');
    },
    later: async ({ name }) => {
      done.push(name);
      if (runs(name) < 5) throw new NotYet('wait', { retryAfterMs: 40 });
    },
    long: async ({ name }, signal) => {
      done.push(name);
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    },
  };

  constructor(runner: JobRunner) {
    super(runner);
  }
}

describe('queues on PostgreSQL', () => {
  let database: TestDatabase;
  let config: AppConfig;
  let app: INestApplicationContext;

  function start(withProcessor: boolean, clock: Clock = new SystemClock()): Promise<INestApplicationContext> {
    @Module({
      imports: [PlatformModule.forRoot({ process: 'worker', config, clock }), QueueModule.register(choresQueue)],
      providers: [ChoresWatch, ...(withProcessor ? [ChoresProcessor] : [])],
    })
    class TestApp {}
    return NestFactory.createApplicationContext(TestApp, { logger: false, abortOnError: false });
  }
  const chores = () => app.get(ChoresWatch).queue;
  const raw = () =>
    app.get(QueueRegistry).all()[0]?.queue ??
    (() => {
      throw new Error('no queue');
    })();

  beforeAll(async () => {
    database = await testDatabase();
    config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
  });
  afterAll(() => database.drop());
  beforeEach(() => void done.splice(0));

  it('are prepared by two processes at once without a race', async () => {
    const both = await Promise.all([start(false), start(false), start(false)]);
    await Promise.all(both.map((one) => one.close()));
    expect(await database.query('SELECT count(*)::int AS runs FROM bullmq.migration WHERE version = 1')).toEqual([
      { runs: 1 },
    ]);
  });

  describe('while a worker runs', () => {
    beforeAll(async () => {
      app = await start(true);
    });
    afterAll(() => app.close());

    it('run what is added', async () => {
      await chores().add('note', { name: 'plain' });
      await until(() => runs('plain') === 1);
    });

    it('refuse a payload that does not fit its job', async () => {
      await expect(chores().add('note', { wrong: 1 } as never)).rejects.toThrow();
    });

    it('are named by /ready when their tables are gone', async () => {
      const health = async () => (await app.get(HealthChecks).run()).find(({ name }) => name === 'queue');
      expect(await health()).toEqual({ name: 'queue', ok: true });
      await database.query('ALTER SCHEMA bullmq RENAME TO elsewhere');
      try {
        expect(await health()).toMatchObject({ ok: false });
      } finally {
        await database.query('ALTER SCHEMA elsewhere RENAME TO bullmq');
      }
      expect(await health()).toEqual({ name: 'queue', ok: true });
    });

    it('try a failing job again, as often as its definition says', async () => {
      await chores().add('flaky', { name: 'flaky' });
      await until(() => runs('flaky') === 3);
    });

    it('do not repeat what cannot succeed, and keep it to look at', async () => {
      await chores().add('hopeless', { name: 'hopeless' });
      await until(async () => (await raw().getFailedCount()) === 1);
      expect(runs('hopeless')).toBe(1);
    });

    it('wait as long as a failure asks, without counting attempts', async () => {
      await chores().add('later', { name: 'later' });
      await until(() => runs('later') === 5);
    });

    it('start a delayed job when its time has come, not before', async () => {
      const added = Date.now();
      await chores().add('note', { name: 'delayed' }, { delayMs: 400 });
      await until(() => runs('delayed') === 1);
      expect(Date.now() - added).toBeGreaterThanOrEqual(390);
      expect(Date.now() - added).toBeLessThan(3000);
    });

    it('know a handler for each of their jobs', () => {
      expect(() => app.get(QueueRegistry).assertHandled()).not.toThrow();
    });
  });

  it('free the id of a job that failed for good, so that a sweep can ask again', async () => {
    app = await start(true);
    await chores().add('doomed', { name: 'doomed' });
    await until(async () => runs('doomed') === 1 && (await raw().getJob('doomed-doomed')) === undefined);
    await chores().add('doomed', { name: 'doomed' });
    await until(() => runs('doomed') === 2);
    await app.close();
  });

  it('ignore an id that is waiting already, and free it when the job is done', async () => {
    app = await start(false);
    await Promise.all([1, 2, 3].map(() => chores().add('note', { name: 'same' })));
    expect(await raw().getWaitingCount()).toBe(1);
    expect(() => app.get(QueueRegistry).assertHandled()).toThrow(/chores.note has 0 handlers/);
    await app.close();

    app = await start(true);
    await until(() => runs('same') === 1);
    await chores().add('note', { name: 'same' });
    await until(() => runs('same') === 2);
    await app.close();
  });

  it.each([3_600_000, -3_600_000])(
    'keep the time of the platform in a process whose clock goes wrong by %i ms',
    async (wrongMs) => {
      const right = Date.now.bind(Date);
      let wrong = 0;
      const shown = jest.spyOn(Date, 'now').mockImplementation(() => right() + wrong);
      app = await start(true, TestClock.running());
      try {
        wrong = wrongMs;
        const name = `wrong ${wrongMs}`;
        await chores().add('later', { name });
        await chores().add('note', { name: `delayed ${name}` }, { delayMs: 300 });
        await chores().add('long', { name: `long ${name}` });
        await until(() => runs(name) > 1 && runs(`long ${name}`) >= 1, { timeoutMs: 30_000 });
        // Were the worker killed now, others would have the job when its lock lapses.
        const [locks] =
          await database.query(`SELECT max(locked_until_ms - extract(epoch FROM now()) * 1000)::float8 AS longest,
        min(locked_until_ms - extract(epoch FROM now()) * 1000)::float8 AS shortest FROM bullmq.job WHERE state = 'active'`);
        expect(Math.abs(Number(locks?.['longest']))).toBeLessThan(120_000);
        expect(Math.abs(Number(locks?.['shortest']))).toBeLessThan(120_000);
        wrong = 0;
        await until(() => runs(name) === 5 && runs(`delayed ${name}`) === 1, { timeoutMs: 30_000 });
      } finally {
        shown.mockRestore();
        await app.close();
        await database.query(`DELETE FROM bullmq.job WHERE name = 'long'`);
      }
    },
    90_000,
  );

  it('close within seconds, hand a running job back unharmed, and finish it after the next start', async () => {
    app = await start(true);
    await chores().add('long', { name: 'long' });
    await until(() => runs('long') === 1);
    const began = Date.now();
    await app.close();
    expect(Date.now() - began).toBeLessThan(3000);
    for (let round = 2; round <= 4; round += 1) {
      app = await start(true);
      await until(() => runs('long') === round);
      await app.close();
    }
  }, 20_000);
});

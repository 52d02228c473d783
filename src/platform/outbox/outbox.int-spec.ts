import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { AppConfig } from '../../config/index.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { PlatformModule } from '../platform.module.js';
import { Database } from '../prisma/index.js';
import { QueueRegistry } from '../queue/index.js';
import { DispatchEvents } from './dispatch-events.js';
import { defineEvent, EventSubscribers, Outbox, OutboxJobsModule, type EventEnvelope } from './index.js';
import { until } from '../../../test/support/until.js';

const doorOpened = defineEvent('door.opened', z.object({ door: z.string() }));
const bellRung = defineEvent('bell.rung', z.object({ times: z.number() }));
const nobodyCares = defineEvent('leaf.fell', z.object({}));

type Door = EventEnvelope<{ door: string }>;

describe('events', () => {
  let database: TestDatabase;
  let config: AppConfig;
  let app: INestApplicationContext;

  async function start(subscribe: (subscribers: EventSubscribers) => void, jobs = true): Promise<void> {
    @Module({ imports: [PlatformModule.forRoot({ process: 'worker', config }), ...(jobs ? [OutboxJobsModule] : [])] })
    class TestApp {
      constructor(subscribers: EventSubscribers) {
        subscribe(subscribers);
      }
    }
    app = await NestFactory.createApplicationContext(TestApp, { logger: false, abortOnError: false });
  }
  const announce = (door: string) =>
    app.get(Database).transaction((tx) => app.get(Outbox).add(tx, doorOpened, { door }));
  const rows = async () =>
    (await database.query<{ rows: number }>('SELECT count(*)::int AS rows FROM outbox'))[0]?.rows;

  beforeAll(async () => {
    database = await testDatabase();
    config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
  });
  afterEach(async () => {
    await app.close();
    await database.query('DELETE FROM outbox');
  });
  afterAll(() => database.drop());

  it('reach every subscriber once, with id, time and payload, and leave nothing behind', async () => {
    const heard: string[] = [];
    const seen: Door[] = [];
    await start((subscribers) => {
      subscribers.subscribe('hall.greet', doorOpened, async (event) => void (heard.push('hall'), seen.push(event)));
      subscribers.subscribe('kitchen.listen', doorOpened, async () => void heard.push('kitchen'));
      subscribers.subscribe('kitchen.bell', bellRung, async () => void heard.push('bell'));
    });
    await announce('front');
    await until(async () => (await rows()) === 0);
    expect(heard.sort()).toEqual(['hall', 'kitchen']);
    expect(seen[0]).toEqual({ id: expect.stringMatching(/^\d+$/), at: expect.any(Date), payload: { door: 'front' } });
  });

  it('arrive soon after their transaction commits, not only when somebody polls', async () => {
    let arrived = 0;
    await start((subscribers) =>
      subscribers.subscribe('hall.greet', doorOpened, async () => void (arrived = Date.now())),
    );
    const delays: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const sent = Date.now();
      arrived = 0;
      await announce('front');
      await until(() => arrived > 0);
      delays.push(arrived - sent);
    }
    expect(Math.min(...delays)).toBeLessThan(500);
  });

  it('never exist when their transaction is rolled back', async () => {
    let heard = 0;
    await start((subscribers) => subscribers.subscribe('hall.greet', doorOpened, async () => void (heard += 1)));
    await expect(
      app.get(Database).transaction(async (tx) => {
        await app.get(Outbox).add(tx, doorOpened, { door: 'front' });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([heard, await rows()]).toEqual([0, 0]);
  });

  it('come many at a time, in their order, and not at all when one is not what the event promises', async () => {
    const heard: string[] = [];
    await start((subscribers) =>
      subscribers.subscribe('hall.greet', doorOpened, async ({ payload }) => void heard.push(payload.door)),
    );
    const announceAll = (doors: unknown[]) =>
      app
        .get(Database)
        .transaction((tx) => app.get(Outbox).addMany(tx, doorOpened, doors.map((door) => ({ door })) as never));
    await expect(announceAll(['front', 7])).rejects.toThrow(/expected string/);
    await announceAll([]);
    await announceAll(['front', 'back', 'side']);
    await until(() => heard.length === 3);
    expect(heard).toEqual(['front', 'back', 'side']);
  });

  it('can be announced by a function of SQL as well', async () => {
    const heard: string[] = [];
    await start((subscribers) =>
      subscribers.subscribe('hall.greet', doorOpened, async ({ payload }) => void heard.push(payload.door)),
    );
    await database.query("SELECT announce('door.opened', jsonb_build_object('door', 'trap'))");
    await until(() => heard.length === 1);
    expect(heard).toEqual(['trap']);
  });

  it('end at once when nobody subscribes', async () => {
    await start(() => undefined);
    await app.get(Database).transaction((tx) => app.get(Outbox).add(tx, nobodyCares, {}));
    await until(async () => (await rows()) === 0);
  });

  it('are tried again for the subscriber that failed, and for no other', async () => {
    const heard: string[] = [];
    await start((subscribers) => {
      subscribers.subscribe('hall.greet', doorOpened, async () => void heard.push('hall'));
      subscribers.subscribe('kitchen.listen', doorOpened, async () => {
        heard.push('kitchen');
        if (heard.filter((who) => who === 'kitchen').length < 3) throw new Error('pan on the stove');
      });
    });
    await announce('front');
    await until(async () => (await rows()) === 0);
    expect(heard.filter((who) => who === 'hall')).toHaveLength(1);
    expect(heard.filter((who) => who === 'kitchen')).toHaveLength(3);
  });

  it('come together to who handles many at once, and alone when one of them is refused', async () => {
    const calls: string[][] = [];
    let refused = 2;
    await start((subscribers) =>
      subscribers.subscribeToMany('hall.greet', doorOpened, async (events) => {
        const doors = events.map(({ payload }) => payload.door);
        calls.push(doors);
        if (doors.includes('back') && refused-- > 0) throw new Error('somebody leans against it');
      }),
    );
    // In one statement, so that they travel in one job.
    await database.query(
      `INSERT INTO outbox (name, payload)
       SELECT 'door.opened', jsonb_build_object('door', door) FROM unnest(ARRAY['front', 'back', 'side']) door`,
    );
    await until(async () => (await rows()) === 0);
    expect(calls).toEqual([['front', 'back', 'side'], ['front'], ['back'], ['side'], ['back']]);
  });

  it('survive a queue that was emptied while they were in it', async () => {
    const heard: string[] = [];
    let deaf = true;
    await start((subscribers) =>
      subscribers.subscribe('hall.greet', doorOpened, async ({ payload }) => {
        if (deaf) throw new Error('not yet');
        heard.push(payload.door);
      }),
    );
    // In one statement, so that they travel in one job: when it waits for its next try, nothing else of them is on its
    // way.
    await database.query(
      `INSERT INTO outbox (name, payload)
       SELECT 'door.opened', jsonb_build_object('door', door) FROM unnest(ARRAY['front', 'back', 'side']) door`,
    );
    const queue = app.get(QueueRegistry).all()[0]?.queue;
    await until(async () => (await queue?.getDelayedCount()) !== 0);
    await queue?.obliterate({ force: true });
    deaf = false;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(heard).toEqual([]);
    await app.get(DispatchEvents, { strict: false }).again(1000);
    await until(async () => (await rows()) === 0);
    expect(heard.sort()).toEqual(['back', 'front', 'side']);
  });

  it('wait for the next start when the worker dies before they are handled', async () => {
    const heard: string[] = [];
    await start(() => undefined, false);
    await announce('front');
    // As a relay leaves it that dies between its two steps.
    await database.query(
      "UPDATE outbox SET dispatched_at = now() - interval '5 s', dispatches = 1, pending = '{hall.greet}'",
    );
    await announce('back');
    await app.close();
    await start((subscribers) =>
      subscribers.subscribe('hall.greet', doorOpened, async ({ payload }) => void heard.push(payload.door)),
    );
    await until(async () => (await rows()) === 0);
    expect(heard.sort()).toEqual(['back', 'front']);
  });

  it('keep up with a busy platform', async () => {
    const counts = { hall: 0, kitchen: 0 };
    await start((subscribers) => {
      subscribers.subscribe('hall.greet', doorOpened, async () => void (counts.hall += 1));
      subscribers.subscribe('kitchen.listen', doorOpened, async () => void (counts.kitchen += 1));
    });
    const began = Date.now();
    await database.query(
      "INSERT INTO outbox (name, payload) SELECT 'door.opened', jsonb_build_object('door', n::text) FROM generate_series(1, 3000) n",
    );
    await until(async () => (await rows()) === 0, { timeoutMs: 15_000 });
    expect(counts).toEqual({ hall: 3000, kitchen: 3000 });
    // What 3,000 small uploads a second amount to; alone, two cores do ten times as many.
    expect(3000 / ((Date.now() - began) / 1000)).toBeGreaterThan(300);
  }, 20_000);
});

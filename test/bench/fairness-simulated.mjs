// How long two accounts wait for their pins while a third has a million of them queued, on a simulated clock: the
// worker and its table are real, the network is dice. Half an hour of the queue takes some minutes.
// npm run bench:pins:fairness-simulated -- [--backlog 1000000] [--pins 60]
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pinnedNode } from '../../scripts/steps/pinned-node.mjs';
import { setUp } from '../../scripts/steps/set-up.mjs';
import { fill, inWords, nobodyHas, summary } from './fairness-backlog.mjs';
import { readArguments, report } from './platform.mjs';
import { SimulatedClock } from './simulated-clock.mjs';

const MOST_SECONDS = 5;
const MEAN_GAP_MS = 10_000;
const between = (low, high) => low + Math.random() * (high - low);

/** How the network serves a pin: until its first block comes, how many more come, and how far apart. */
const SERVES = {
  unfindable: () => ({ lookMs: Infinity, blocks: 0, gapMs: 0 }),
  slow: () => ({ lookMs: between(1_000, 8_000), blocks: 200, gapMs: between(2_000, 10_000) }),
  fast: () => ({ lookMs: between(300, 1_500), blocks: 2, gapMs: 100 }),
  mixed: () => SERVES[['unfindable', 'slow', 'fast'][Math.floor(Math.random() * 3)]](),
};

if (process.execPath !== pinnedNode()) {
  await setUp();
  try {
    execFileSync(pinnedNode(), process.argv.slice(1), { stdio: 'inherit' });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
} else {
  await main(readArguments({ backlog: 1_000_000, pins: 60 }));
}

async function main(args) {
  const { startTemporaryPostgres } = await import('../../scripts/steps/temporary-postgres.mjs');
  const { applyMigrations } = await import('../../src/launch/migrations.ts');
  const postgres = await startTemporaryPostgres();
  try {
    const { default: pg } = await import('pg');
    const root = join(import.meta.dirname, '../..');
    await applyMigrations(postgres.url(), {
      migrations: join(root, 'prisma/migrations'),
      functions: join(root, 'src'),
    });
    const sql = new pg.Pool({ connectionString: postgres.url(), max: 4 });
    const heavy = randomUUID();
    console.log(`Queueing ${args.backlog} pins ...`);
    await fill(sql, heavy, Number(args.backlog), { makeCid: randomUUID });
    const results = {};
    for (const backlog of Object.keys(SERVES))
      results[backlog] = await scenario(sql, postgres.url(), heavy, SERVES[backlog], Number(args.pins));
    const worst = Math.max(...Object.values(results).map(({ begun }) => begun.maxSeconds));
    await report(
      'fairness-simulated',
      Object.entries(results).flatMap(([name, { begun, pinned }]) => [
        [`${name}: begun after`, inWords(begun)],
        [`${name}: pinned after`, inWords(pinned)],
      ]),
      { backlog: Number(args.backlog), pins: Number(args.pins), results },
    );
    await sql.end();
    process.exitCode = worst < MOST_SECONDS ? 0 : 1;
  } finally {
    await postgres.stop();
  }
}

async function scenario(sql, url, heavy, serve, count) {
  const clock = new SimulatedClock();
  const rows = clock.watching({ query: (...given) => sql.query(...given) });
  const [begun, pinned] = [new Map(), new Map()];
  const fetchDag = async (task) => {
    const { requestId, userId } = task.claim.pin;
    if (userId !== heavy && !begun.has(requestId)) begun.set(requestId, clock.now());
    await network(task, userId === heavy ? serve() : SERVES.fast(), clock);
    await rows.query(`UPDATE pins SET status = 'pinned', lease_until = NULL WHERE request_id = $1`, [requestId]);
    if (userId !== heavy) pinned.set(requestId, clock.now());
  };
  const { scheduler, close } = await worker(url, clock, fetchDag);
  const stop = new AbortController();
  const working = scheduler.run(stop.signal);
  const asked = new Map();
  const others = [randomUUID(), randomUUID()];
  let nextAt = clock.now().getTime() + 60_000;
  while (pinned.size < count) {
    await clock.step();
    if (asked.size === count || clock.now().getTime() < nextAt) continue;
    const requestId = randomUUID();
    asked.set(requestId, clock.now());
    await sql.query(
      `INSERT INTO pins (request_id, user_id, cid, cid_v1, created_at, next_check_at) VALUES ($1, $2, $3, $3, $4, $4)`,
      [requestId, others[asked.size % 2], nobodyHas().toString(), clock.now()],
    );
    scheduler.wake();
    nextAt = clock.now().getTime() - Math.log(Math.random()) * MEAN_GAP_MS;
  }
  stop.abort(new Error('the scenario is over'));
  await working;
  await close();
  await sql.query(`UPDATE pins SET status = 'queued', lease_until = NULL WHERE user_id = $1 AND status = 'pinning'`, [
    heavy,
  ]);
  const seconds = (at) => [...asked].map(([id, since]) => (at.get(id).getTime() - since.getTime()) / 1000);
  return { begun: summary(seconds(begun)), pinned: summary(seconds(pinned)) };
}

async function network(task, { lookMs, blocks, gapMs }, clock) {
  await clock.sleep(Math.min(lookMs, 1e9), task.signal);
  for (let block = 0; block <= blocks; block++) {
    if (block > 0) await clock.sleep(gapMs, task.signal);
    task.arrived(100_000);
    await task.waitForSlot();
  }
}

async function worker(url, clock, fetchDag) {
  await import('reflect-metadata');
  const [
    { AppConfig },
    { Metrics },
    { Outbox },
    { Database },
    { AppLogger },
    { PostgresPinLeases },
    { FetchPin },
    { PinScheduler },
  ] = await Promise.all(
    [
      'config/index.js',
      'platform/metrics/index.js',
      'platform/outbox/index.js',
      'platform/prisma/index.js',
      'platform/logging/index.js',
      'pinning/scheduler/postgres-pin-leases.store.js',
      'pinning/fetch/fetch-pin.js',
      'pinning/scheduler/pin-scheduler.js',
    ].map((path) => import(`../../dist/${path}`)),
  );
  const config = AppConfig.parse({ DATABASE_URL: url });
  const database = new Database(config);
  const leases = clock.watching(new PostgresPinLeases(database, new Outbox(), clock));
  const fetch = new FetchPin(
    leases,
    { run: async () => false },
    { run: fetchDag },
    clock,
    new AppLogger({ level: 'silent', process: 'bench' }),
  );
  return {
    scheduler: new PinScheduler(leases, fetch, { weights: async () => new Map() }, new Metrics(), clock, config),
    close: () => database.onApplicationShutdown(),
  };
}

// How often deals are looked at while 100,000 are sealed and all of them due at once: the sweeps, the table, the
// client of Lotus and its JSON are real; the node is a thread that knows every deal.
// npm run bench:tracking -- [--sealed 100000] [--transfers 300] [--seconds 120]
// Ends with 1 when a transfer was left alone for longer than 30 s, or when not every sealed deal was compared.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { pinnedNode } from '../../scripts/steps/pinned-node.mjs';
import { setUp } from '../../scripts/steps/set-up.mjs';
import { readArguments, report } from './platform.mjs';

const MOST_SECONDS = 30;
const FAR = 2_000_000_000;

// What is measured is the build: of the sources as they are.
await setUp();
if (process.execPath !== pinnedNode()) {
  try {
    execFileSync(pinnedNode(), process.argv.slice(1), { stdio: 'inherit' });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
} else {
  await main(readArguments({ sealed: 100_000, transfers: 300, seconds: 120 }));
}

async function main(args) {
  const [sealed, transfers, seconds] = [args.sealed, args.transfers, args.seconds].map(Number);
  const { startTemporaryPostgres } = await import('../../scripts/steps/temporary-postgres.mjs');
  const { applyMigrations } = await import('../../src/launch/migrations.ts');
  const { default: pg } = await import('pg');
  const postgres = await startTemporaryPostgres();
  const sql = new pg.Pool({ connectionString: postgres.url(), max: 2 });
  const node = new Worker(new URL('./tracking-node.mjs', import.meta.url), { workerData: { transfers, far: FAR } });
  try {
    const { port } = await new Promise((resolve) => node.once('message', resolve));
    const root = join(import.meta.dirname, '../..');
    await applyMigrations(postgres.url(), {
      migrations: join(root, 'prisma/migrations'),
      functions: join(root, 'src'),
    });
    await plant(sql, sealed, transfers);
    const figures = await track(postgres.url(), port, sql, seconds);
    await report(
      'tracking',
      [
        ['sealed deals compared', `${figures.sealedCompared} of ${sealed}`],
        ['sealed deals compared per second', figures.sealedPerSecond.toFixed(0)],
        ['all of them once after', `${figures.firstRoundSeconds.toFixed(1)} s`],
        ['transfers looked at', `${figures.transfersLookedAt} of ${transfers}`],
        ['longest time between two looks at a transfer', `${figures.worstGapSeconds.toFixed(1)} s`],
        ['looks at transfers per second', figures.transferLooksPerSecond.toFixed(0)],
      ],
      { sealed, transfers, seconds, ...figures },
    );
    const all = figures.sealedCompared === sealed && figures.transfersLookedAt === transfers;
    process.exitCode = all && figures.worstGapSeconds <= MOST_SECONDS ? 0 : 1;
  } finally {
    await sql.end();
    await node.terminate();
    await postgres.stop();
  }
}

/** One piece per deal on its way or ten sealed ones; everything is due now. */
async function plant(sql, sealed, transfers) {
  await sql.query(
    `INSERT INTO pieces (car_id, root, car_bytes, state, piece_cid, piece_size, replication, duration, verified, max_price)
     SELECT gen_random_uuid(), 'root', 1000000000000, 'replicated', 'baga-bench', 2048, 10, 1, false, 0 FROM generate_series(1, $1)`,
    [Math.ceil(sealed / 10) + transfers],
  );
  const values = (state, chainId, proposal) => `
    INSERT INTO deals (car_id, miner, slot, state, verified, price, duration, chain_deal_id, proposal_cid, end_epoch, start_epoch)
    SELECT p.car_id, 'f0' || (1000000 + n), n % 10, '${state}', false, 0, 1000000, ${chainId}, ${proposal}, ${FAR}, ${FAR}
    FROM generate_series(1, $1::int) n JOIN (SELECT car_id, row_number() OVER (ORDER BY car_id) AS at FROM pieces) p
      ON p.at = $2::int + (n - 1) / $3::int + 1`;
  await sql.query(values('active', 'n', 'NULL'), [sealed, 0, 10]);
  await sql.query(values('transferring', 'NULL', "'proposal-' || n"), [transfers, Math.ceil(sealed / 10), 1]);
  await sql.query('ANALYZE');
}

async function track(url, port, sql, seconds) {
  const { sweeps, close, looks } = await worker(url, port);
  const stop = new AbortController();
  const begin = Date.now();
  let compared = 0;
  let firstRound = null;
  const repeat = async (run, done) => {
    while (!stop.signal.aborted) {
      done(await run(stop.signal));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  };
  const working = Promise.all([
    repeat(
      (signal) => sweeps.transfers.run(signal),
      () => undefined,
    ),
    repeat(
      (signal) => sweeps.sealed.run(signal),
      (count) => {
        compared += count;
      },
    ),
  ]);
  while (Date.now() - begin < seconds * 1000) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (firstRound === null && (await neverCompared(sql)) === 0) firstRound = (Date.now() - begin) / 1000;
  }
  const end = Date.now();
  const took = (end - begin) / 1000;
  stop.abort(new Error('the bench is over'));
  await working.catch(() => undefined);
  await close();
  // Also of a transfer that nobody has looked at: it waited all the time.
  const { rows: transfers } = await sql.query(`SELECT id::text FROM deals WHERE state = 'transferring'`);
  const gaps = transfers.flatMap(({ id }) =>
    [begin, ...(looks.get(id) ?? []), end].map((time, n, all) => time - (all[n - 1] ?? time)),
  );
  const { rows: sealed } = await sql.query(`SELECT count(*)::int AS n FROM deals WHERE state = 'active'`);
  return {
    sealedCompared: sealed[0].n - (await neverCompared(sql)),
    sealedPerSecond: compared / took,
    firstRoundSeconds: firstRound ?? Infinity,
    worstGapSeconds: gaps.reduce((most, gap) => Math.max(most, gap), 0) / 1000,
    transfersLookedAt: looks.size,
    transferLooksPerSecond: [...looks.values()].flat().length / took,
  };
}

/** A sealed deal that was compared is leased no more, and is due again later. */
async function neverCompared(sql) {
  const { rows } = await sql.query(
    `SELECT count(*)::int AS n FROM deals WHERE state = 'active' AND (lease_number = 0 OR lease_until IS NOT NULL AND lease_number = 1)`,
  );
  return rows[0].n;
}

async function worker(url, port) {
  await import('reflect-metadata');
  const load = (path) => import(`../../dist/${path}`);
  const { AppConfig } = await load('config/index.js');
  const { SystemClock } = await load('shared/index.js');
  const { AppLogger } = await load('platform/logging/index.js');
  const { Metrics } = await load('platform/metrics/index.js');
  const { Outbox } = await load('platform/outbox/index.js');
  const { Database } = await load('platform/prisma/index.js');
  const { Settings } = await load('platform/settings/index.js');
  const { ChainHeads } = await load('chain/index.js');
  const { LotusClient } = await load('adapters/lotus/lotus-client.js');
  const { LotusChainSource } = await load('adapters/lotus/lotus-chain-source.js');
  const { LotusDealMaker } = await load('adapters/lotus/lotus-deal-maker.js');
  const { DealReservations } = await load('deals/store/deal-reservations.store.js');
  const { DealTransitions } = await load('deals/store/deal-transitions.js');
  const { DealFaultsStore } = await load('deals/store/deal-faults.store.js');
  const { PostgresDealStore } = await load('deals/store/postgres-deal.store.js');
  const { PostgresPieceStore } = await load('deals/store/postgres-piece.store.js');
  const { NodeFaults } = await load('deals/verbs/node-faults.js');
  const { FailDeal } = await load('deals/verbs/fail-deal.js');
  const { TrackDeal, TrackDeals } = await load('deals/verbs/track-deals.js');
  const { AuditSealedDeals } = await load('deals/verbs/audit-deals.js');
  const clock = new SystemClock();
  const config = AppConfig.parse({ DATABASE_URL: url, LOG_LEVEL: 'warn' });
  const logger = new AppLogger({ level: 'warn', process: 'bench' });
  const database = new Database(config);
  const client = new LotusClient({ url: `http://127.0.0.1:${port}/rpc/v1`, token: '', timeoutMs: 30_000, clock });
  const chain = new LotusChainSource(client);
  const heads = new ChainHeads(chain, clock);
  const outbox = new Outbox();
  const reservations = new DealReservations(database, clock);
  const transitions = new DealTransitions(database, outbox, reservations, clock);
  const deals = new PostgresDealStore(database, transitions, reservations, clock);
  const pieces = new PostgresPieceStore(database, outbox, new Settings(database, clock), clock);
  const faults = new NodeFaults(new DealFaultsStore(database, clock), pieces, new Metrics(), clock, logger);
  const outcome = { run: async () => undefined };
  const failDeal = new FailDeal(transitions, faults, outcome);
  const maker = new LotusDealMaker(client, (car) => car);
  const one = new TrackDeal(transitions, deals, maker, chain, failDeal, outcome);
  const looks = new Map();
  const look = one.run.bind(one);
  one.run = async (claim, ...rest) => {
    looks.set(claim.deal.id, [...(looks.get(claim.deal.id) ?? []), Date.now()]);
    return look(claim, ...rest);
  };
  return {
    looks,
    sweeps: {
      transfers: new TrackDeals(deals, one, heads, faults, config, clock),
      sealed: new AuditSealedDeals(deals, one, heads, config, clock, logger),
    },
    close: () => database.onApplicationShutdown(),
  };
}

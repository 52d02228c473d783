import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { PublicDeals } from '../../deals/index.js';
import { PublicMiners } from '../../miners/index.js';
import { Database, type Parameter, type Statement } from '../../platform/prisma/index.js';
import { type SeriesMetric, seriesMetrics } from '../domain/series.js';
import { WINDOWS } from '../domain/window.js';
import { USAGE_KINDS } from '../domain/usage-days.js';
import { ListMiners } from '../verbs/list-miners.js';
import { ReadMinerWindow } from '../verbs/read-miner-window.js';
import { ReadNetwork } from '../verbs/read-network.js';
import { ReadTraffic } from '../verbs/read-traffic.js';
import { PostgresFiguresStore } from './postgres-figures.store.js';
import { PostgresMinerFiguresStore } from './postgres-miner-figures.store.js';
import { PostgresRollupStore } from './postgres-rollup.store.js';

/** Tables that grow with what the platform does: no page may read one of them from end to end. */
const BIG = [
  'contents',
  'dags',
  'runs',
  'deals',
  'deal_moves',
  'measurements',
  'pins',
  'retrievals',
  'bandwidth_hours',
  'rollup_hours',
  'rollup_days',
] as const;
const user = '00000000-0000-4000-8000-000000000001';

interface Asked {
  text: string;
  values: readonly Parameter[];
}
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

/** Remembers what it was asked. */
class ListeningDatabase extends Database {
  readonly asked: Asked[] = [];

  override runStatement<Row extends object, Values extends readonly Parameter[]>(
    statement: Statement<Row, Values>,
    values: Values,
  ) {
    this.asked.push({ text: statement.text, values });
    return super.runStatement(statement, values);
  }
}

let test: TestDatabase;
let db: ListeningDatabase;

/** Some thousand rows, so that a plan is a choice; and statistics that say they are a million. */
const ROWS = [
  `INSERT INTO users (id, username) VALUES ('${user}', 'owner')`,
  `INSERT INTO miners (address) SELECT 'f0' || n FROM generate_series(1000, 1099) n`,
  `INSERT INTO dags (root, size, car_bytes, blocks) SELECT 'bafy' || n, 10, 20, 1 FROM generate_series(1, 3000) n`,
  `INSERT INTO contents (user_id, dag_id, cid, name, size, profile, replication)
   SELECT '${user}', id, root, 'x', 10, 'unixfs-v1-2025', 6 FROM dags`,
  `INSERT INTO pieces (car_id, root, car_bytes, replication, duration, max_price, verified)
   SELECT gen_random_uuid(), 'r' || n, 1, 6, 1, 0, false FROM generate_series(1, 500) n`,
  `INSERT INTO deals (car_id, miner, slot, state, live, verified, duration, price, total_cost, chain_deal_id)
   SELECT car_id, 'f0' || (1000 + slot * 16 + (row_number() OVER ()) % 16), slot,
     CASE slot WHEN 0 THEN 'active' WHEN 1 THEN 'failed' WHEN 2 THEN 'queued' ELSE 'ended' END, slot IN (0, 2), false, 1, 0, 0, slot
   FROM pieces, generate_series(0, 5) slot`,
  `INSERT INTO measurements (event_id, kind, miner, ok, ms, bytes, at)
   SELECT n, (ARRAY['proposal', 'accept', 'seal', 'failure'])[n % 4 + 1], 'f0' || (1000 + n % 100), true, n, n, now() - n * interval '10 min'
   FROM generate_series(1, 6000) n`,
  `INSERT INTO bandwidth_hours (hour, channel, direction, subject, user_id, bytes, requests)
   SELECT date_trunc('hour', now()) - (n % 500) * interval '1 h', 'gateway', 'out', 'bafy' || n, '${user}', 5, 1 FROM generate_series(1, 4000) n`,
];

beforeAll(async () => {
  test = await testDatabase();
  db = new ListeningDatabase(AppConfig.parse({ DATABASE_URL: test.url }));
  // Nobody else may count rows meanwhile: that would take the forged numbers away.
  for (const table of BIG) await test.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  for (const text of ROWS) await test.query(text);
  await new PostgresRollupStore(db).rebuild(new Date(), { unlessBuilt: false });
  await test.query('ANALYZE');
  await test.query(`UPDATE pg_class SET reltuples = 1e6 WHERE relname = ANY($1)`, [BIG]);
  db.asked.length = 0;
}, 60_000);
afterAll(async () => {
  await db.onApplicationShutdown();
  await test.drop();
});

/** Big tables that a statement reads from end to end. */
async function scannedBy({ text, values }: Asked): Promise<string[]> {
  const wire = values.map((value) => (typeof value === 'bigint' ? value.toString() : value));
  const [row] = await test.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`EXPLAIN (FORMAT JSON) ${text}`, wire);
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
  return nodes(row!['QUERY PLAN'][0]!.Plan)
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => node['Relation Name'] ?? '')
    .filter((name) => (BIG as readonly string[]).includes(name));
}

/** What each page asks. */
function pages() {
  const clock = new TestClock({ at: new Date() });
  const rollups = new PostgresRollupStore(db);
  const [deals, miners, figures] = [new PublicDeals(db), new PublicMiners(db), new PostgresFiguresStore(db)];
  const traffic = new ReadTraffic(rollups);
  const network = new ReadNetwork(rollups, clock);
  const ofMiner = new ReadMinerWindow(rollups, clock);
  const since = new Date(Date.now() - 30 * 86_400_000);
  const metrics = Object.keys(seriesMetrics) as SeriesMetric[];
  return {
    // Sums over contents and DAGs are counted apart, once in two seconds whoever asks (ReadPublicStats).
    '/public/stats, deals and traffic': () => Promise.all([deals.totals(), traffic.trafficTotals(), miners.count()]),
    '/public/miners': () => new ListMiners(miners, new PostgresMinerFiguresStore(db), clock).run('30d'),
    '/public/miners/stats/:miner': async () => {
      for (const window of WINDOWS) await ofMiner.run('f01001', window);
      await deals.countsByMiner('f01001');
      await figures.byKind('f01001', since);
      await figures.failures('f01001', since);
      await Promise.all([miners.asks('f01001'), miners.scores('f01001'), miners.find('f01001')]);
    },
    '/public/miners/deals/:miner': () => deals.ofMiner('f01001', { limit: 100 }),
    '/public/miners/failures/:miner': () => deals.ofMiner('f01001', { limit: 100 }, 'failed'),
    '/public/deals/failures': () => deals.failures({ limit: 100 }),
    '/public/metrics/deals-on-chain': () => network.dealsByDay(),
    '/public/metrics/bandwidth': () => network.bandwidth(24),
    '/public/metrics/series': () => Promise.all(metrics.map((metric) => network.series(metric, 30))),
    '/content/bw-usage/:content': () => traffic.egressOf('bafy7'),
    '/user/stats': () => traffic.trafficOf(user),
    '/user/usage': () => rollups.daily('account', user, since, USAGE_KINDS),
    'the worker looking for miners': () => new PostgresMinerFiguresStore(db).measuredSince(5900n),
  };
}

describe('a page of the dashboard reads no big table from end to end', () => {
  it.each([
    '/public/stats, deals and traffic',
    '/public/miners',
    '/public/miners/stats/:miner',
    '/public/miners/deals/:miner',
    '/public/miners/failures/:miner',
    '/public/deals/failures',
    '/public/metrics/deals-on-chain',
    '/public/metrics/bandwidth',
    '/public/metrics/series',
    '/content/bw-usage/:content',
    '/user/stats',
    '/user/usage',
    'the worker looking for miners',
  ] as const)('%s', async (name) => {
    db.asked.length = 0;
    await pages()[name]();
    expect(db.asked.length).toBeGreaterThan(0);
    for (const asked of db.asked.slice())
      expect({ text: asked.text, scanned: await scannedBy(asked) }).toEqual({ text: asked.text, scanned: [] });
  });

  it('and the check notices one that does', async () => {
    expect(await scannedBy({ text: `SELECT count(*) FROM deals WHERE verified`, values: [] })).toEqual(['deals']);
  });
});

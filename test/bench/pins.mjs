// Pins accepted per second, each durable before its answer, beside bare commits and a bare route; and listings of an account with a million pins
// beside one with a thousand.
// npm run bench:pins -- [--seconds 8] [--rows 1000000] [--rounds 200] [--url ...] [--key-file ...] [--data <data folder>] [--database <url>]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, Agent } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { assertReady, readArguments, readKey, report } from './platform.mjs';
import { at, postForSeconds, randomCid } from './post-clients.mjs';

const args = readArguments({
  seconds: 8,
  warmup: 2,
  rows: 1_000_000,
  rounds: 200,
  database: process.env.DATABASE_URL ?? '',
});
const [seconds, warmup, rows, rounds] = [args.seconds, args.warmup, args.rows, args.rounds].map(Number);
await assertReady(args.url);
const adminKey = await readKey(args.keyFile);
const databaseUrl = args.database || (await embeddedDatabase());
const database = new pg.Client({ connectionString: databaseUrl });
await database.connect();

async function embeddedDatabase() {
  const { postgres } = JSON.parse(await readFile(join(args.data, 'ports.json'), 'utf8'));
  return `postgresql://tidewater:${(await readFile(join(args.data, 'postgres.password'), 'utf8')).trim()}@127.0.0.1:${postgres}/tidewater`;
}

/** An account of its own for each measurement: its keys, its rate, its times. */
async function account(purpose) {
  const response = await fetch(`${args.url}/admin/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ username: `bench-${purpose}-${Date.now().toString(36)}` }),
  });
  if (!response.ok) throw new Error(await response.text());
  const { id, apiKey } = await response.json();
  return { userId: id, token: apiKey.token };
}

async function forget({ userId }) {
  await database.query('DELETE FROM pins WHERE user_id = $1', [userId]);
}

async function accepted(clients) {
  const owner = await account(`accept-${clients}`);
  try {
    const body = () => `{"cid":"${randomCid()}","name":"bench","meta":{"app":"bench"}}`;
    const measured = await postForSeconds({
      url: `${args.url}/pinning/pins`,
      token: owner.token,
      clients,
      warmup,
      seconds,
      body,
      status: 202,
    });
    const {
      rows: [{ lost }],
    } = await database.query('SELECT $2::int - count(*)::int AS lost FROM pins WHERE user_id = $1', [
      owner.userId,
      measured.all,
    ]);
    if (lost !== 0) throw new Error(`${lost} pins that were accepted are not in the table`);
    return measured;
  } finally {
    await forget(owner);
  }
}

/** 10,000 a call, from one client. */
async function batched() {
  const owner = await account('batched');
  try {
    const times = [];
    for (let call = 0; call < 4; call++) {
      const body = JSON.stringify(
        Array.from({ length: 10_000 }, () => ({ cid: randomCid(), name: 'bench', meta: { app: 'bench' } })),
      );
      const began = performance.now();
      const response = await fetch(`${args.url}/v2/pinning/batched-pins`, {
        method: 'POST',
        headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
        body,
      });
      const items = await response.json();
      if (response.status !== 202 || items.some((item) => item.error))
        throw new Error(`a batch was refused: ${response.status}`);
      // The first one warms.
      if (call > 0) times.push(performance.now() - began);
    }
    return { pinsPerSecond: 30_000 / (times.reduce((sum, ms) => sum + ms, 0) / 1000), msPerCall: times };
  } finally {
    await forget(owner);
  }
}

/** What the database does with as many clients and none of us between: a row of the same size, one commit each. */
async function bareCommits(clients) {
  await database.query(
    'CREATE TABLE IF NOT EXISTS bench_rows (id uuid PRIMARY KEY, cid text, name text, meta jsonb, created_at timestamptz)',
  );
  const pool = new pg.Pool({ connectionString: databaseUrl, max: clients });
  let done = 0;
  const stopAt = performance.now() + (warmup + seconds) * 1000;
  const counting = setTimeout(() => {
    done = 0;
  }, warmup * 1000);
  try {
    await Promise.all(
      Array.from({ length: clients }, async () => {
        const client = await pool.connect();
        while (performance.now() < stopAt) {
          await client.query({
            name: 'bare',
            text: `INSERT INTO bench_rows VALUES (gen_random_uuid(), $1, 'bench', '{"app":"bench"}', now())`,
            values: [randomCid()],
          });
          done += 1;
        }
        client.release();
      }),
    );
    return done / seconds;
  } finally {
    clearTimeout(counting);
    await pool.end();
    await database.query('DROP TABLE bench_rows');
  }
}

/** What Fastify does with the same requests in a process of its own: reads the JSON, answers as much. Nothing is kept. */
async function bareRoute(clients) {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `
    import fastify from 'fastify';
    const app = fastify();
    app.post('/pins', (request, reply) => reply.code(202).send({ requestid: crypto.randomUUID(), status: 'queued', created: new Date().toISOString(),
      pin: { ...request.body, origins: [] }, delegates: ['/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWJb6Jyx7tWyv7bmTLBEdaDcnV3nkwyW4gzUcQF2yTMgGw'], info: {} }));
    console.log(await app.listen({ port: 0, host: '127.0.0.1' }));`,
    ],
    { cwd: join(import.meta.dirname, '..', '..'), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const [line] = await once(child.stdout, 'data');
    const body = () => `{"cid":"${randomCid()}","name":"bench","meta":{"app":"bench"}}`;
    return (
      await postForSeconds({
        url: `${String(line).trim()}/pins`,
        token: 'none',
        clients,
        warmup: 1,
        seconds: Math.min(seconds, 4),
        body,
        status: 202,
      })
    ).perSecond;
  } finally {
    child.kill();
  }
}

/** Rows as pinning leaves them, a second apart, through the same triggers: one in 20 queued (not due today, or workers would take them), five failed, the rest pinned. */
async function fill({ userId }, count) {
  const began = performance.now();
  for (let from = 0; from < count; from += 50_000) {
    await database.query(
      `INSERT INTO pins (request_id, user_id, cid, cid_v1, name, origins, meta, status, created_at, next_check_at, updated_at)
       SELECT gen_random_uuid(), $1, cid, cid, 'pin ' || n, '[]', jsonb_build_object('app', 'bench', 'n', n::text),
         CASE WHEN n % ($2::int / 5) = 7 THEN 'failed' WHEN n % 20 = 0 THEN 'queued' ELSE 'pinned' END, now() - ($2::int - n) * interval '1 second', now() + interval '10 days', now()
       FROM (SELECT n, 'bafkreig' || left(translate(md5(n::text) || md5('x' || n), '0189', 'wxyz'), 50) || 'a' AS cid FROM generate_series($3::int, $4::int) n) made`,
      [userId, count, from, Math.min(count, from + 50_000) - 1],
    );
  }
  const filled = (performance.now() - began) / 1000;
  while ((await database.query('SELECT fold_pin_deltas(100000) AS folded')).rows[0].folded > 0);
  await database.query('VACUUM ANALYZE pins');
  return filled;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
function get(path, token) {
  return new Promise((resolve, reject) => {
    request(`${args.url}${path}`, { agent, headers: { authorization: `Bearer ${token}` } }, async (response) => {
      let text = '';
      for await (const part of response) text += part;
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`${path}: ${response.statusCode} ${text}`));
    })
      .on('error', reject)
      .end();
  });
}

const QUERIES = {
  'first page': () => '',
  'first page of 1,000': () => 'limit=1000',
  'status=queued': () => 'status=queued',
  'all four statuses': () => 'status=queued,pinning,pinned,failed',
  'sparse: status=failed': () => 'status=failed',
  'deep before': (count) =>
    `status=queued,pinning,pinned,failed&before=${new Date(Date.now() - count * (0.3 + 0.6 * Math.random()) * 1000).toISOString()}`,
  'between after and before': (count) =>
    `after=${new Date(Date.now() - count * 900).toISOString()}&before=${new Date(Date.now() - count * (0.3 + 0.5 * Math.random()) * 1000).toISOString()}`,
  cid: (_count, sample) => `cid=${sample().cid}`,
  'ten cids': (_count, sample) => `cid=${Array.from({ length: 10 }, () => sample().cid).join(',')}`,
  'exact name': (_count, sample) => `name=${encodeURIComponent(sample().name)}&status=queued,pinning,pinned,failed`,
  'name whatever its case': (_count, sample) => `name=${encodeURIComponent(sample().name.toUpperCase())}&match=iexact`,
  requestid: (_count, sample) => `requestid=${sample().request_id}`,
};
/** These look at every pin of the account: the figures say so. */
const LINEAR = {
  'part of a name': (_count, sample) => `name=${encodeURIComponent(sample().name.slice(2))}&match=partial`,
  meta: (_count, sample) => `meta=${encodeURIComponent(JSON.stringify({ n: sample().name.slice(4) }))}`,
};

async function listed(count) {
  const owner = await account(`list-${count}`);
  try {
    const filledSeconds = await fill(owner, count);
    const { rows: samples } = await database.query(
      'SELECT request_id, cid, name FROM pins WHERE user_id = $1 ORDER BY random() LIMIT 300',
      [owner.userId],
    );
    const sample = () => samples[Math.floor(Math.random() * samples.length)];
    const figures = {};
    for (const [name, query] of [...Object.entries(QUERIES), ...Object.entries(LINEAR)]) {
      const times = [];
      const turns = name in LINEAR ? Math.min(20, rounds) : rounds;
      for (let turn = -Math.min(20, turns); turn < turns; turn++) {
        const path = `/pinning/pins?${query(count, sample)}`;
        const began = performance.now();
        await get(path, owner.token);
        if (turn >= 0) times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      figures[name] = { p50: at(times, 0.5), p95: at(times, 0.95) };
    }
    return { rows: count, filledSeconds, queries: figures };
  } finally {
    await forget(owner);
  }
}

const figures = { acceptedPerSecond: {}, baselines: { bareCommitsPerSecond: {}, bareRoutePerSecond: {} } };
for (const clients of [16, 64]) {
  figures.acceptedPerSecond[clients] = await accepted(clients);
  figures.baselines.bareCommitsPerSecond[clients] = await bareCommits(clients);
  figures.baselines.bareRoutePerSecond[clients] = await bareRoute(clients);
}
figures.batched = await batched();
figures.lists = [await listed(1_000), await listed(rows)];
await database.query('VACUUM ANALYZE pins');
await database.end();
agent.destroy();

const [small, large] = figures.lists;
const ms = ({ p50, p95 }) => `${p50.toFixed(1)} / ${p95.toFixed(1)} ms`;
await report(
  'pins',
  [
    ...[16, 64].flatMap((clients) => {
      const { perSecond, p50, p99 } = figures.acceptedPerSecond[clients];
      return [
        [
          `pins accepted per second, ${clients} clients`,
          `${perSecond.toFixed(0)}, answered after ${p50.toFixed(1)} ms median, ${p99.toFixed(1)} ms at the 99th percentile`,
        ],
        ['  bare commits of PostgreSQL', figures.baselines.bareCommitsPerSecond[clients].toFixed(0)],
        ['  a bare Fastify route', figures.baselines.bareRoutePerSecond[clients].toFixed(0)],
      ];
    }),
    ['pins per second in calls of 10,000', figures.batched.pinsPerSecond.toFixed(0)],
    [
      `lists, p50 / p95 at ${small.rows} and ${large.rows} pins`,
      `(filled by SQL through the triggers in ${large.filledSeconds.toFixed(0)} s)`,
    ],
    ...Object.keys(small.queries).map((name) => [
      `  ${name}${name in LINEAR ? ' (looks at every pin)' : ''}`,
      `${ms(small.queries[name])}   ${ms(large.queries[name])}`,
    ]),
  ],
  figures,
);
const slow = Object.keys(QUERIES).filter((name) => large.queries[name].p95 >= 50);
if (slow.length > 0) console.log(`  not under 50 ms: ${slow.join(', ')}`);
process.exit(0);

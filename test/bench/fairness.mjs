// How long an account waits for its pin while another one has a million of them queued: real workers, real bitswap,
// PostgreSQL.
// Starts a platform of its own on a fresh data folder.
// npm run bench:pins:fairness -- [--backlog 1000000] [--pins 20] ; the same with a simulated clock: npm run
// bench:pins:fairness-simulated
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinnedNode } from '../../scripts/steps/pinned-node.mjs';
import { setUp } from '../../scripts/steps/set-up.mjs';
import { npmStart } from '../support/npm-start.mjs';
import { fill, inWords, summary } from './fairness-backlog.mjs';
import { readArguments, report } from './platform.mjs';

/** What one account may cost another. */
const MOST_SECONDS = 5;

if (process.execPath !== pinnedNode()) {
  await setUp();
  try {
    execFileSync(pinnedNode(), process.argv.slice(1), { stdio: 'inherit' });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
} else {
  await main(readArguments({ backlog: 1_000_000, pins: 20, transfers: 8 }));
}

async function main(args) {
  const { startOrigin } = await import('./fairness-origin.mjs');
  const platform = await npmStart({ LIBP2P_DIAL_PRIVATE: '127.0.0.1' });
  const [fast, slow] = [await startOrigin(), await startOrigin(10_000)];
  const { default: pg } = await import('pg');
  const { postgres } = JSON.parse(readFileSync(join(platform.dataFolder, 'ports.json'), 'utf8'));
  const password = readFileSync(join(platform.dataFolder, 'postgres.password'), 'utf8').trim();
  const sql = new pg.Client({ connectionString: `postgresql://tidewater:${password}@127.0.0.1:${postgres}/tidewater` });
  await sql.connect();
  try {
    const [heavy, light] = [await account(platform, 'heavy'), await account(platform, 'light')];
    const results = {};
    console.log(`Queueing ${args.backlog} pins that nobody has ...`);
    await fill(sql, heavy.id, Number(args.backlog));
    await until(async () => (await running(sql, heavy.id)) > 60);
    results.unfindable = await delays(platform, light, fast, Number(args.pins));

    console.log('Slow transfers on every slot ...');
    await fill(sql, heavy.id, Number(args.transfers) * 3, {
      makeCid: () => slow.addChain(600),
      origins: slow.addresses,
      from: new Date('2000-01-01'),
    });
    await until(async () => (await transferring(sql, heavy.id)) >= Number(args.transfers));
    results.slowTransfers = await delays(platform, light, fast, Number(args.pins));

    const worst = Math.max(...Object.values(results).map(({ maxSeconds }) => maxSeconds));
    await report(
      'fairness',
      Object.entries(results).map(([name, result]) => [name, `pinned after ${inWords(result)}`]),
      { backlog: Number(args.backlog), pins: Number(args.pins), results },
    );
    process.exitCode = worst < MOST_SECONDS ? 0 : 1;
  } finally {
    await sql.end();
    await Promise.all([fast.stop(), slow.stop()]);
    await platform.stop();
  }
}

async function call(platform, key, method, path, body) {
  const answer = await fetch(`${platform.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

async function account(platform, username) {
  const { id, apiKey } = await call(platform, platform.key, 'POST', '/admin/users', { username });
  return { id, key: apiKey.token };
}

async function running(sql, userId) {
  const { rows } = await sql.query(`SELECT count(*)::int AS pins FROM pins WHERE user_id = $1 AND status = 'pinning'`, [
    userId,
  ]);
  return rows[0].pins;
}

async function transferring(sql, userId) {
  const { rows } = await sql.query(
    `SELECT count(*)::int AS pins FROM pins WHERE user_id = $1 AND status = 'pinning' AND (info->>'blocks')::int > 1`,
    [userId],
  );
  return rows[0].pins;
}

/** Seconds from the request to `pinned`, of pins that come now and then. */
async function delays(platform, { key }, origin, count) {
  const seconds = [];
  for (let n = 0; n < count; n++) {
    await sleep(500 + Math.random() * 2_000);
    const began = performance.now();
    const { requestid } = await call(platform, key, 'POST', '/pinning/pins', {
      cid: origin.addSmall().toString(),
      origins: origin.addresses,
    });
    await until(async () => (await call(platform, key, 'GET', `/pinning/pins/${requestid}`)).status === 'pinned');
    seconds.push((performance.now() - began) / 1000);
  }
  return summary(seconds);
}

async function until(condition) {
  for (const end = Date.now() + 300_000; !(await condition()); await sleep(50)) {
    if (Date.now() > end) throw new Error('did not happen within five minutes');
  }
}

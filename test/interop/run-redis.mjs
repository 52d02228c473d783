// The queue on a real Redis, which is emptied and killed while the platform works: PostgreSQL is the truth, so nothing
// may be lost.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, npmStart } from '../support/npm-start.mjs';
import { assert, Checks, until } from './kubo/checks.mjs';
import { call, fromGateway } from './kubo/platform-calls.mjs';

const MIB = 1024 ** 2;

/** `redis-server` of this machine, or one that apt-get can bring to a machine whose root we are. */
function redisBinary() {
  const there = () => spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout?.match(/v=(\S+)/)?.[1];
  if (there() === undefined && process.getuid?.() === 0) {
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
  }
  return there();
}

class RedisServer {
  static async start() {
    const server = new RedisServer();
    server.port = await freePort();
    server.folder = await mkdtemp(join(tmpdir(), 'tidewater-redis-'));
    await server.run();
    return server;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  async run() {
    this.child = spawn(
      'redis-server',
      [
        '--port',
        String(this.port),
        '--bind',
        '127.0.0.1',
        '--dir',
        this.folder,
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
      ],
      { stdio: 'ignore' },
    );
    this.client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => 200, maxRetriesPerRequest: 50 });
    this.client.on('error', () => undefined);
    await this.client.ping();
  }

  async kill() {
    this.client.disconnect();
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  async destroy() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function upload(platform, bytes) {
  const answer = await fetch(`${platform.url}/content/add?filename=redis.bin`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${platform.key}` },
    body: bytes,
  });
  assert(answer.status === 200, `the upload answered ${answer.status}`);
  return answer.json();
}

const sixActive = (platform, id) =>
  until(
    async () => {
      const { deals } = await call(platform, 'GET', `/content/status/${id}`);
      return new Set(deals.filter(({ deal }) => deal.state === 'active').map(({ deal }) => deal.miner)).size === 6
        ? true
        : undefined;
    },
    150,
    'six active deals with distinct miners',
  );

const version = redisBinary();
if (version === undefined) {
  const line = '!'.repeat(78);
  console.log(
    `${line}\n!! No redis-server here: the queue was not tried on Redis.\n${line}\n\n1 skipped\n0 passed, 0 failed`,
  );
} else {
  const checks = new Checks();
  const open = [];
  try {
    console.log(`Redis ${version}\n`);
    const redis = await RedisServer.start();
    open.push(() => redis.destroy());
    const platform = await npmStart({ QUEUE_URL: redis.url });
    open.push(() => platform.stop());

    await checks.that('the platform is ready, and its queues are in Redis', async () => {
      await until(async () => ((await redis.client.dbsize()) > 0 ? true : undefined), 10, 'keys in Redis');
      return `${await redis.client.dbsize()} keys`;
    });

    const bytes = randomBytes(5 * MIB);
    let stored;
    await checks.that(
      'an upload becomes six deals, though the queue is emptied five times meanwhile',
      async () => {
        stored = await upload(platform, bytes);
        const emptied = (async () => {
          for (let times = 0; times < 5; times += 1) {
            await sleep(2_000);
            await redis.client.flushall();
          }
        })();
        await sixActive(platform, stored.estuaryId);
        await emptied;
      },
      180,
    );

    await checks.that(
      'an upload made while Redis is dead is stored, and becomes six deals when Redis is back, empty',
      async () => {
        await redis.kill();
        const other = await upload(platform, randomBytes(2 * MIB));
        await sleep(3_000);
        await redis.run();
        await sixActive(platform, other.estuaryId);
      },
      180,
    );

    await checks.that(
      'what was offloaded comes back from a miner',
      async () => {
        await call(platform, 'POST', `/admin/cm/offload/${stored.estuaryId}?execute=true`);
        assert((await fromGateway(platform, stored.cid)).equals(bytes), 'other bytes');
      },
      120,
    );

    await checks.that('pins are taken, worked on and cancelled', async () => {
      const pin = await call(platform, 'POST', '/pinning/pins', {
        cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
        name: 'nobody has it',
      });
      await until(
        async () =>
          (await call(platform, 'GET', `/pinning/pins/${pin.requestid}`)).status === 'pinning' ? true : undefined,
        20,
        'pinning',
      );
      await call(platform, 'DELETE', `/pinning/pins/${pin.requestid}`);
    });
  } catch (error) {
    checks.note('FAIL', 'the set-up', performance.now(), error.stack);
  }
  for (const close of open.reverse()) await close();
  console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
  process.exitCode = checks.failed === 0 ? 0 : 1;
}

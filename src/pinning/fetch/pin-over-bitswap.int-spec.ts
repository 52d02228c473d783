import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CID } from 'multiformats/cid';
import { until } from '../../../test/support/until.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { HeliaIpfsNode } from '../../adapters/helia/helia-ipfs-node.js';
import { HeliaNode } from '../../adapters/helia/helia-node.js';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { AppConfig } from '../../config/index.js';
import { AccountQuota, type AccountUsage } from '../../content/index.js';
import type { HotBlocks } from '../../storage/index.js';
import { BlockMap } from '../../network/testing/block-map.js';
import type { PinRecord } from '../pin.js';
import { WatchedDags } from '../testing/watched-dags.js';
import { PostgresPinLeases } from '../scheduler/postgres-pin-leases.store.js';
import { PostgresPinStore } from '../requests/postgres-pin.store.js';
import { FetchDag } from './fetch-dag.js';
import { FetchPin } from './fetch-pin.js';
import { PinHotDag, PinStoredDag } from './pin-stored-dag.js';
import { PinRegistry } from '../requests/pin-registry.js';
import { RequestPins } from '../requests/request-pins.js';
import { PinScheduler } from '../scheduler/pin-scheduler.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { InMemoryNotifications } from '../../platform/notifications/testing/in-memory-notifications.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { SystemClock, userId } from '../../shared/index.js';

const MIB = 1024 ** 2;
const clock = new SystemClock();
const noUsage: AccountUsage = {
  counted: () => Promise.resolve({ bytes: 0, contents: 0 }),
  ofMany: () => Promise.resolve(new Map()),
};

/** A worker's line to the database, which can be cut. */
class LeasesOverALine extends PostgresPinLeases {
  cut = false;

  override claimNext(...given: Parameters<PostgresPinLeases['claimNext']>): ReturnType<PostgresPinLeases['claimNext']> {
    return this.cut ? Promise.reject(new Error('the line is cut')) : super.claimNext(...given);
  }

  override extend(...given: Parameters<PostgresPinLeases['extend']>): ReturnType<PostgresPinLeases['extend']> {
    return this.cut ? Promise.reject(new Error('the line is cut')) : super.extend(...given);
  }
}

describe('pins over real bitswap and PostgreSQL', () => {
  let database: TestDatabase;
  let connections: Database;
  let folder: string;
  let remote: BlockMap;
  let theirs: HeliaNode;
  let sent = 0;
  const nodes: HeliaNode[] = [];
  const workers: (() => Promise<void>)[] = [];
  const pinned = (at: { store: PostgresPinStore }, pin: PinRecord) =>
    until(async () => (await at.store.find(owner, pin.requestId))?.status === 'pinned', { timeoutMs: 40_000 });
  const owner = userId(randomUUID());

  const start = async (name: string, blocks: HotBlocks) => {
    const node = new HeliaNode({
      folder: path.join(folder, name),
      blocks,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      announce: [],
      policy: AddressPolicy.PRIVATE_TOO,
      onSent: (bytes) => {
        sent += bytes;
      },
    });
    await node.start();
    nodes.push(node);
    return node;
  };
  /** A worker process with a node, and the API's verbs beside it. */
  const worker = async (name: string) => {
    const outbox = new Outbox();
    const [store, leases] = [new PostgresPinStore(connections, clock), new LeasesOverALine(connections, outbox, clock)];
    const dags = new WatchedDags((work) => connections.transaction(work));
    const node = await start(name, dags.hotBlocks);
    const fetcher = new HeliaIpfsNode(node, { policy: AddressPolicy.PRIVATE_TOO });
    const [config, limits] = [AppConfig.parse({}), testLimits()];
    const quota = new AccountQuota(limits, noUsage);
    const pinHotDag = new PinHotDag(leases, dags, dags.hotBlocks);
    const notifications = new InMemoryNotifications();
    const request = new RequestPins(store, pinHotDag, dags.hotBlocks, limits, quota, notifications);
    const fetchDag = new FetchDag(leases, fetcher, dags, dags.hotBlocks, quota, config);
    const fetch = new FetchPin(
      leases,
      new PinStoredDag(pinHotDag, dags),
      fetchDag,
      new AppLogger({ level: 'silent', process: 'test' }),
    );
    const scheduler = new PinScheduler(leases, fetch, limits, new Metrics(), clock, config);
    const stop = new AbortController();
    const working = (async () => {
      while (!stop.signal.aborted) await scheduler.run(stop.signal).catch(() => clock.sleep(50));
    })();
    workers.push(async () => {
      stop.abort(new Error('the test is over'));
      await working;
    });
    return {
      store,
      leases,
      dags,
      node,
      fetcher,
      registry: new PinRegistry(store, { run: () => Promise.reject(new Error('nothing was stored')) }),
      pin: (root: CID) =>
        request.run({
          userId: owner,
          spec: { cid: root.toString(), name: null, origins: theirs.addresses(), meta: {} },
        }),
    };
  };

  beforeAll(async () => {
    database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url });
    connections = new Database(config);
  });
  afterAll(async () => {
    await connections.onApplicationShutdown();
    await database.drop();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'helia-'));
    remote = new BlockMap();
    sent = 0;
    theirs = await start('theirs', remote);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((end) => end()));
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
    await rm(folder, { recursive: true, force: true });
    await database.query('DELETE FROM pins');
  });

  it('pins from an origin what only that peer has: a directory of 500 files and 64 MiB', async () => {
    const at = await worker('ours');
    const small = Array.from({ length: 500 }, (_, n) => ({
      path: `site/${n % 9}/${n}.txt`,
      content: randomBytes(200),
    }));
    const big = randomBytes(64 * MIB);
    const root = await remote.import([...small, { path: 'site/big.bin', content: big }]);
    const pin = await at.pin(root);
    await pinned(at, pin);
    const done = await at.store.find(owner, pin.requestId);
    expect(done).toMatchObject({ status: 'pinned', progress: { blocks: remote.count, sources: 1 } });
    expect(await at.dags.find(root)).toMatchObject({ blocks: remote.count, hot: true });
    expect(sent).toBeGreaterThan(64 * MIB);
    const events = await database.query<{ status: string }>(
      `SELECT payload->>'status' AS status FROM outbox WHERE payload->>'requestId' = $1 ORDER BY id`,
      [pin.requestId],
    );
    expect(events.map((event) => event.status)).toEqual(['pinning', 'pinned']);
  }, 60_000);

  it('fetches a pin whose worker died half-way with the next worker', async () => {
    remote.delayMs = 5;
    const root = await remote.import([{ content: randomBytes(40 * MIB) }]);
    const first = await worker('ours');
    const pin = await first.pin(root);
    await until(() => first.dags.begun === 1);
    first.leases.cut = true;
    await first.node.stop();
    await database.query(`UPDATE pins SET lease_until = now() - interval '1 second'`);
    const second = await worker('ours');
    expect(second.node.peerId).toBe((await second.fetcher.addresses())[0]?.split('/').at(-1));
    await until(async () => (await second.leases.reclaim(100)) === 1);
    await pinned(second, pin);
    expect(await second.store.find(owner, pin.requestId)).toMatchObject({
      status: 'pinned',
      leaseNumber: 2,
      failures: 0,
    });
    first.leases.cut = false;
    await until(() => first.dags.aborted === 1);
    expect(first.dags.contents).toEqual([]);
  }, 60_000);

  it('stops within seconds when the pin is deleted while it is fetched, and keeps nothing', async () => {
    remote.delayMs = 50;
    const root = await remote.import([{ content: randomBytes(100 * MIB) }]);
    const at = await worker('ours');
    const pin = await at.pin(root);
    await until(() => at.dags.begun === 1);
    await at.registry.remove(owner, pin.requestId);
    const asked = Date.now();
    await until(() => at.dags.aborted === 1);
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(await database.query('SELECT * FROM pins')).toEqual([]);
  }, 60_000);

  it('keeps its identity and its port from one start to the next', async () => {
    const first = await start('steady', new BlockMap());
    const before = first.addresses();
    await first.stop();
    const second = await start('steady', new BlockMap());
    expect(second.addresses()).toEqual(before);
  });

  it('does not dial inside for strangers when it is told not to', async () => {
    const node = new HeliaNode({
      folder: path.join(folder, 'careful'),
      blocks: new BlockMap(),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      announce: [],
      policy: AddressPolicy.PUBLIC_ONLY,
    });
    await node.start();
    nodes.push(node);
    const root = await remote.import([{ content: randomBytes(10) }]);
    const blocks = new HeliaIpfsNode(node, { policy: AddressPolicy.PUBLIC_ONLY }).fetch(root, {
      origins: theirs.addresses(),
      signal: AbortSignal.timeout(500),
      have: () => Promise.resolve(null),
    });
    await expect(blocks[Symbol.asyncIterator]().next()).rejects.toThrow();
    expect(node.libp2p.getConnections()).toEqual([]);
  });
});

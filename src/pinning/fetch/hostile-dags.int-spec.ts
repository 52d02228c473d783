import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CID } from 'multiformats/cid';
import { TestClock } from '../../../test/support/test-clock.js';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { AppConfig } from '../../config/index.js';
import { AccountQuota, type AccountUsage } from '../../content/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { InMemoryIpfsNode } from '../../network/testing/in-memory-ipfs-node.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { PostgresPinLeases } from '../scheduler/postgres-pin-leases.store.js';
import { HostileDags } from '../testing/hostile-dags.js';
import { FetchDag } from './fetch-dag.js';
import { FetchPin } from './fetch-pin.js';
import { PinHotDag, PinStoredDag } from './pin-stored-dag.js';
import { PinScheduler } from '../scheduler/pin-scheduler.js';

interface PinOutcome {
  status: string;
  reason: string | null;
  leaseNumber: number;
}

const KIB = 1024;
const MIB = 1024 ** 2;

describe('DAGs that mean harm, on PostgreSQL and real CAR files', () => {
  let node: ContentNode;
  let remote: BlockMap;
  let network: InMemoryIpfsNode;
  beforeEach(async () => {
    // What comes in is in a file from its first blocks on.
    node = await contentNode({ CONTENT_SMALL_LIMIT: String(KIB) });
    remote = new BlockMap();
    network = new InMemoryIpfsNode();
    network.addPeer('/memory/1', remote);
  }, 60_000);
  afterEach(() => node.close());

  /** The row of a pin when its only worker has nothing more to do. */
  const pinned = async (root: CID, settings: Record<string, string>, bytesQuota: number | null = null) => {
    const of = <T>(token: abstract new (...given: never[]) => T): T => node.app.get(token as never, { strict: false });
    const clock = TestClock.running();
    const config = AppConfig.parse(settings);
    const limits = testLimits([[node.alice.id, { bytesQuota }]]);
    const leases = new PostgresPinLeases(of(Database), of(Outbox), clock);
    const usage: AccountUsage = {
      counted: () => Promise.resolve({ bytes: 0, contents: 0 }),
      ofMany: () => Promise.resolve(new Map()),
    };
    const [dags, blocks] = [of(DagStore), of(HotBlocks)];
    const fetchDag = new FetchDag(leases, network, dags, blocks, new AccountQuota(limits, usage), config);
    const fetch = new FetchPin(
      leases,
      new PinStoredDag(new PinHotDag(leases, dags, blocks), dags),
      fetchDag,
      new AppLogger({ level: 'silent', process: 'test' }),
    );
    const requestId = randomUUID();
    await node.database.query(
      `INSERT INTO pins (request_id, user_id, cid, cid_v1, origins, created_at, next_check_at)
       VALUES ($1, $2, $3, $3, '["/memory/1"]', now(), now() - interval '1 s')`,
      [requestId, node.alice.id, root.toString()],
    );
    const stop = new AbortController();
    const working = new PinScheduler(leases, fetch, limits, new Metrics(), clock, config).run(stop.signal);
    let row: PinOutcome | undefined;
    do {
      await new Promise((resolve) => setTimeout(resolve, 10));
      [row] = await node.database.query<PinOutcome>(
        'SELECT status, reason, lease_number AS "leaseNumber" FROM pins WHERE request_id = $1',
        [requestId],
      );
    } while (row?.status === 'pinning' || row?.status === 'queued');
    stop.abort(new Error('the test is over'));
    await working;
    return row;
  };
  const carBytes = async () => {
    const files = await readdir(path.join(node.dataDir, 'cars'), { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      files
        .filter((file) => file.isFile() && file.name.endsWith('.car'))
        .map((file) => stat(path.join(file.parentPath, file.name))),
    );
    return sizes.reduce((sum, { size }) => sum + size, 0);
  };

  it.each<[string, (dags: HostileDags) => Promise<CID>, Record<string, string>, string]>([
    [
      'a chain deeper than allowed',
      (dags) => dags.chain(2_000),
      {},
      'ERR_PIN_TOO_LARGE: the DAG has more than 1024 levels',
    ],
    [
      'more blocks than allowed',
      (dags) => dags.crumbs(3_000),
      { PIN_MAX_BLOCKS: '1000' },
      'ERR_PIN_TOO_LARGE: the DAG has more than 1000 blocks',
    ],
    [
      'more bytes than its links say, and than allowed',
      (dags) => dags.understated(64, 256 * KIB),
      { PIN_MAX_BYTES: String(4 * MIB) },
      `ERR_PIN_TOO_LARGE: the DAG has more than ${4 * MIB} bytes`,
    ],
    ['a block that is not what its CID says', (dags) => dags.broken(16, 256 * KIB), {}, 'ERR_PIN_BLOCK_INVALID: '],
  ])(
    'fails by name, once, and leaves no byte: %s',
    async (_name, make, settings, reason) => {
      const before = await carBytes();
      const row = await pinned(await make(new HostileDags(remote)), settings);
      expect(row).toMatchObject({ status: 'failed', leaseNumber: 1 });
      expect(row?.reason?.slice(0, reason.length)).toBe(reason);
      expect(await carBytes()).toBe(before);
      expect(await node.database.query(`SELECT * FROM cars WHERE state <> 'discarded'`)).toEqual([]);
      expect(await node.database.query('SELECT * FROM contents')).toEqual([]);
    },
    60_000,
  );

  it('fails by name when the account has less left than the DAG weighs, and leaves no byte', async () => {
    const row = await pinned(await new HostileDags(remote).understated(32, 256 * KIB), {}, 2 * MIB);
    expect(row).toMatchObject({ status: 'failed', leaseNumber: 1 });
    expect(row?.reason).toMatch(/^ERR_QUOTA_EXCEEDED: /);
    expect(await carBytes()).toBe(0);
  }, 60_000);

  it('pins a DAG that links the same blocks again and again with each block once', async () => {
    expect(await pinned(await new HostileDags(remote).doubling(60), {})).toMatchObject({ status: 'pinned' });
    expect(await node.database.query('SELECT blocks FROM dags')).toEqual([{ blocks: 60 }]);
  }, 60_000);
});

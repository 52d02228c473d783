import { randomBytes } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create } from 'multiformats/hashes/digest';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { ManualClock } from '../../chain/testing/manual-clock.js';
import { AppConfig } from '../../config/index.js';
import { PostgresHotRootsStore } from '../../storage/testing/real-hot-roots.js';
import { SqlPool } from '../../platform/prisma/index.js';
import { IpfsNodeRegistry } from '../store/ipfs-node-registry.store.js';
import { PostgresProviderRecordStore } from '../store/postgres-provider-record.store.js';
import { StartProviding, StopProviding } from '../verbs/provide-requests.js';
import { ReprovideRoot } from '../verbs/reprovide-root.js';
import { Reprovider } from '../verbs/reprovider.js';
import { SweepProviderRecords } from '../verbs/sweep-provider-records.js';
import { BlockMap } from './block-map.js';
import { InMemoryIpfsNode } from './in-memory-ipfs-node.js';

const never = new AbortController().signal;

/** A node that reads the CAR store by itself, as Helia does: it asks for no blocks. */
export class ReadingNode extends InMemoryIpfsNode {
  override async provide(root: CID, _blocks: unknown, signal: AbortSignal): Promise<void> {
    await super.provide(
      root,
      async function* () {
        /* it has them */
      },
      signal,
    );
  }
}

/** Reproviding over a real database, with what is hot as a test says, and as many workers as it wants. */
export class ReproviderHarness {
  readonly clock = new ManualClock(new Date());
  readonly hot: PostgresHotRootsStore;
  readonly records: PostgresProviderRecordStore;
  readonly registry: IpfsNodeRegistry;
  readonly startProviding: StartProviding;
  readonly stopProviding: StopProviding;

  private constructor(
    readonly database: TestDatabase,
    private readonly config: AppConfig,
    private readonly sql: SqlPool,
  ) {
    this.hot = new PostgresHotRootsStore(sql);
    this.records = new PostgresProviderRecordStore(sql, this.clock);
    this.registry = new IpfsNodeRegistry(sql, this.clock);
    this.startProviding = new StartProviding(this.hot, this.records);
    this.stopProviding = new StopProviding(this.hot, this.records);
  }

  static async build(): Promise<ReproviderHarness> {
    const database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    return new ReproviderHarness(database, config, new SqlPool(config));
  }

  worker(node: InMemoryIpfsNode): Reprovider {
    return new Reprovider(
      this.records,
      this.hot,
      new ReprovideRoot(node, new BlockMap()),
      node,
      this.config,
      this.clock,
    );
  }

  async work(node: InMemoryIpfsNode): Promise<number> {
    return this.worker(node).run(never);
  }

  async sweep(node: InMemoryIpfsNode): Promise<void> {
    const { hot, records, registry, startProviding, stopProviding } = this;
    await new SweepProviderRecords(hot, records, registry, startProviding, stopProviding, node).run();
  }

  /** Hot DAGs, of which nobody has been told. */
  async store(roots: readonly string[]): Promise<void> {
    await this.sql.pool.query(
      'INSERT INTO dags (root, size, car_bytes, blocks) SELECT root, 1, 1, 1 FROM unnest($1::text[]) root ON CONFLICT (root) DO UPDATE SET hot = true',
      [roots],
    );
  }

  /** Deleted or offloaded. */
  async cool(roots: readonly string[]): Promise<void> {
    await this.sql.pool.query('UPDATE dags SET hot = false WHERE root = ANY($1)', [roots]);
  }

  async rows(): Promise<{ root: string; state: string; failures: number }[]> {
    return this.database.query('SELECT root, state, failures FROM announcements ORDER BY id');
  }

  async empty(): Promise<void> {
    for (const table of ['announcements', 'dags', 'announcement_walks', 'ipfs_nodes'])
      await this.database.query(`DELETE FROM ${table}`);
  }

  async close(): Promise<void> {
    await this.sql.onApplicationShutdown();
    await this.database.drop();
  }
}

/** In order, as one statement enters them. */
export function someRoots(count: number): string[] {
  return Array.from({ length: count }, () => CID.createV1(raw.code, create(0x12, randomBytes(32))).toString()).sort();
}

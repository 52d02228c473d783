import { randomBytes } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create } from 'multiformats/hashes/digest';
import { TestClock } from '../../../test/support/test-clock.js';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { PostgresHotRootsStore } from '../../storage/testing/real-hot-roots.js';
import { Database } from '../../platform/prisma/index.js';
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
  readonly clock = new TestClock({ at: new Date() });
  readonly hot: PostgresHotRootsStore;
  readonly records: PostgresProviderRecordStore;
  readonly registry: IpfsNodeRegistry;
  readonly startProviding: StartProviding;
  readonly stopProviding: StopProviding;

  private constructor(
    readonly server: TestDatabase,
    private readonly config: AppConfig,
    private readonly database: Database,
  ) {
    this.hot = new PostgresHotRootsStore(database);
    this.records = new PostgresProviderRecordStore(database, this.clock);
    this.registry = new IpfsNodeRegistry(database, this.clock);
    this.startProviding = new StartProviding(this.hot, this.records);
    this.stopProviding = new StopProviding(this.hot, this.records);
  }

  static async build(): Promise<ReproviderHarness> {
    const server = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: server.url, LOG_LEVEL: 'silent' });
    return new ReproviderHarness(server, config, new Database(config));
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
  async store(roots: readonly string[], bytes = 1): Promise<void> {
    await this.server.query(
      `INSERT INTO dags (root, size, car_bytes, blocks) SELECT root, $2, 1, 1 FROM unnest($1::text[]) root
       ON CONFLICT (root) DO UPDATE SET hot = true`,
      [roots, bytes],
    );
  }

  /** Deleted or offloaded. */
  async cool(roots: readonly string[]): Promise<void> {
    await this.server.query('UPDATE dags SET hot = false WHERE root = ANY($1)', [roots]);
  }

  async rows(): Promise<{ root: string; state: string; failures: number }[]> {
    return this.server.query('SELECT root, state, failures FROM announcements ORDER BY id');
  }

  async empty(): Promise<void> {
    for (const table of ['announcements', 'dags', 'announcement_walks', 'ipfs_nodes'])
      await this.server.query(`DELETE FROM ${table}`);
  }

  async close(): Promise<void> {
    await this.database.onApplicationShutdown();
    await this.server.drop();
  }
}

/** In order, as one statement enters them. */
export function someRoots(count: number): string[] {
  return Array.from({ length: count }, () => CID.createV1(raw.code, create(0x12, randomBytes(32))).toString()).sort();
}

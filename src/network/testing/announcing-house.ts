import { randomBytes } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create } from 'multiformats/hashes/digest';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { ManualClock } from '../../chain/testing/manual-clock.js';
import { AppConfig } from '../../config/index.js';
import { SqlHotRoots } from '../../content/testing/real-hot-roots.js';
import { SqlPool } from '../../platform/prisma/index.js';
import { SqlAnnouncementBook } from '../store/sql-announcement-book.js';
import { SqlAnnouncementList } from '../store/sql-announcement-list.js';
import { SqlAnnouncementUpkeep } from '../store/sql-announcement-upkeep.js';
import { SqlDelegateBoard } from '../store/sql-delegate-board.js';
import { AnnounceRoot } from '../verbs/announce-root.js';
import { AnnounceRoots } from '../verbs/announce-roots.js';
import { HoldRoots } from '../verbs/hold-roots.js';
import { SweepAnnouncements } from '../verbs/sweep-announcements.js';
import { WithdrawRoots } from '../verbs/withdraw-roots.js';
import { BlockMap } from './block-map.js';
import { InMemoryIpfsNode } from './in-memory-ipfs-node.js';

const never = new AbortController().signal;

/** A node that reads the CAR store by itself, as Helia does: it asks for no blocks. */
export class ReadingNode extends InMemoryIpfsNode {
  override async hold(root: CID, _blocks: unknown, signal: AbortSignal): Promise<void> {
    await super.hold(
      root,
      async function* () {
        /* it has them */
      },
      signal,
    );
  }
}

/** Announcing over a real database, with what is hot as a test says, and as many workers as it wants. */
export class AnnouncingHouse {
  readonly clock = new ManualClock(new Date());
  readonly hot: SqlHotRoots;
  readonly book: SqlAnnouncementBook;
  readonly list: SqlAnnouncementList;
  readonly upkeep: SqlAnnouncementUpkeep;
  readonly board: SqlDelegateBoard;
  readonly hold: HoldRoots;
  readonly withdraw: WithdrawRoots;

  private constructor(
    readonly database: TestDatabase,
    private readonly config: AppConfig,
    private readonly sql: SqlPool,
  ) {
    this.hot = new SqlHotRoots(sql);
    this.book = new SqlAnnouncementBook(sql, this.clock);
    this.list = new SqlAnnouncementList(sql, this.clock);
    this.upkeep = new SqlAnnouncementUpkeep(sql, this.clock);
    this.board = new SqlDelegateBoard(sql, this.clock);
    this.hold = new HoldRoots(this.hot, this.book);
    this.withdraw = new WithdrawRoots(this.hot, this.book);
  }

  static async build(): Promise<AnnouncingHouse> {
    const database = await testDatabase();
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    return new AnnouncingHouse(database, config, new SqlPool(config));
  }

  worker(node: InMemoryIpfsNode): AnnounceRoots {
    return new AnnounceRoots(
      this.book,
      this.hot,
      new AnnounceRoot(node, new BlockMap()),
      node,
      this.config,
      this.clock,
    );
  }

  async work(node: InMemoryIpfsNode): Promise<number> {
    return this.worker(node).run(never);
  }

  async sweep(node: InMemoryIpfsNode): Promise<void> {
    await new SweepAnnouncements(this.hot, this.upkeep, this.hold, this.withdraw, node).run();
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

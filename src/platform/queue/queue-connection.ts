import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createPostgresBackend, runMigrations, setDefaultBackendFactory } from 'bullmq';
import type pg from 'pg';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { endsNoProcess, poolOptions } from '../prisma/index.js';
import { QueuePool } from './queue-pool.js';

/** BullMQ's own tables live in a schema of their own. */
const SCHEMA = 'bullmq';
/** One for each worker's LISTEN, the rest for queries; connections are made when needed. */
const POOL_SIZE = 24;
/** As long as shutdown waits for connections to come back to the pool. */
const END_MS = 1_000;

/**
 * What queues and workers connect to: one pool for all of them on PostgreSQL, or Redis when QUEUE_URL says so. On
 * PostgreSQL its commits do not wait for the disk: jobs that a crash takes back are found again in the rows, as after a
 * wiped queue. One pool, because BullMQ would otherwise open one per queue and per worker, and a small server runs out
 * of connections.
 */
@Injectable()
export class QueueConnection implements OnApplicationShutdown {
  private pool: pg.Pool | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * What BullMQ takes as its connection. Migrates BullMQ's tables first; processes that start together wait
   * for each other at an advisory lock. Rejects when PostgreSQL does not answer; Redis is only connected to later.
   */
  async open(): Promise<object> {
    const { QUEUE_URL } = this.config.values;
    // Null: workers wait for Redis for ever instead of giving a command up.
    if (QUEUE_URL !== '') return { url: QUEUE_URL, maxRetriesPerRequest: null };
    setDefaultBackendFactory(createPostgresBackend as never);
    const settings = [`search_path=${SCHEMA}`, 'synchronous_commit=off'];
    const options = { ...poolOptions(this.config, 'tidewater-queue', ...settings), max: POOL_SIZE };
    this.pool = new QueuePool(options, this.clock);
    endsNoProcess(this.pool);
    // Every queue and worker listens to it.
    this.pool.setMaxListeners(100);
    const client = await this.pool.connect();
    try {
      await runMigrations(client as never, SCHEMA);
    } finally {
      client.release();
    }
    return this.pool;
  }

  /** Does not wait for a connection that a job left behind still holds. */
  async onApplicationShutdown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_MS);
    });
    await Promise.race([this.pool?.end(), late]);
    clearTimeout(timer);
  }
}

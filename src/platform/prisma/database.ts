import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { AppConfig } from '../../config/index.js';
import { PrismaClient, type Prisma } from './generated/client.js';

/** Connections for what is written late. */
const LATE_POOL = 4;

/** The pools for hot paths that Prisma would slow down: one statement, many rows. */
@Injectable()
export class SqlPool implements OnApplicationShutdown {
  readonly pool: pg.Pool;
  /**
   * Its commits do not wait for the disk: a crash of the database may take the last half second of them back, in their order. For book-keeping
   * that is done again when it is lost, and never for what somebody was told is stored.
   */
  readonly late: pg.Pool;

  constructor(config: AppConfig) {
    const { DATABASE_URL, DATABASE_POOL } = config.values;
    this.pool = new pg.Pool({ connectionString: DATABASE_URL, max: DATABASE_POOL });
    this.late = new pg.Pool({ connectionString: DATABASE_URL, max: LATE_POOL, options: '-c synchronous_commit=off' });
    // An idle connection that breaks must not end the process; the next query gets a new one.
    for (const pool of [this.pool, this.late]) pool.on('error', () => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.pool.end(), this.late.end()]);
  }
}

/** The database of the platform. Only `store/` folders and the platform itself use it. */
@Injectable()
export class Database extends PrismaClient implements OnApplicationShutdown {
  constructor(config: AppConfig) {
    super({
      adapter: new PrismaPg({ connectionString: config.values.DATABASE_URL, max: config.values.DATABASE_POOL }),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
  }
}

/** A transaction's handle. Take this, never the outer one, inside a transaction. */
export type Tx = Prisma.TransactionClient;

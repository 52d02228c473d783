import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { AppConfig } from '../../config/index.js';
import { PrismaClient, type Prisma } from './generated/client.js';

/** The pool for hot paths that Prisma would slow down: one statement, many rows. */
@Injectable()
export class SqlPool implements OnApplicationShutdown {
  readonly pool: pg.Pool;

  constructor(config: AppConfig) {
    this.pool = new pg.Pool({ connectionString: config.values.DATABASE_URL, max: config.values.DATABASE_POOL });
    // An idle connection that breaks must not end the process; the next query gets a new one.
    this.pool.on('error', () => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** The database of the platform. Only `store/` folders and the platform itself use it. */
@Injectable()
export class Database extends PrismaClient implements OnApplicationShutdown {
  constructor(config: AppConfig) {
    super({ adapter: new PrismaPg({ connectionString: config.values.DATABASE_URL, max: config.values.DATABASE_POOL }) });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
  }
}

/** A transaction's handle. Take this, never the outer one, inside a transaction. */
export type Tx = Prisma.TransactionClient;

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { PrismaClient, type Prisma } from './generated/client.js';
import {
  CONNECT_TIMEOUT_MS,
  NO_QUERY_TIMEOUT,
  poolOptions,
  watchOf,
  WITH_TIMEOUTS,
  WITHOUT_TIMEOUTS,
} from './connection-options.js';
import { named } from './database-failure.js';
import { plainRow } from './row-types.js';
import { runnerOn, SqlPools, type Outcome, type StatementRunner } from './sql-pools.js';
import { StatementPoolAdapter, withStatementDeadline } from './statement-deadline.js';
import { wireValue, type Parameter, type Statement } from './statement.js';

/**
 * A transaction's handle. Outside store/ it is opaque: something to hand on. Inside a transaction take this, never the
 * outer one.
 */
export type Tx = Prisma.TransactionClient;

/** Where a statement may run: in a transaction, or by itself on the database or its `asyncCommit`. */
export type Place = Tx | StatementRunner;

/** What a transaction may take that says nothing of itself. */
const TRANSACTION_MS = 30_000;

export interface TransactionOptions {
  /** Milliseconds after which it is rolled back; 30,000 unless told. */
  timeout?: number;
}

/**
 * The database of the platform. Only `store/` folders and the platform itself use it: Prisma's delegates for plain
 * rows (`database.pin.findMany`), and statements out of `*.sql.ts` by `query` and `execute` for what they cannot say.
 */
@Injectable()
export class Database extends PrismaClient implements StatementRunner, OnApplicationShutdown {
  private readonly pools: SqlPools;
  /**
   * Runs statements whose commits do not wait for the disk: a crash of the database may take the last half second of
   * them back, in their order. For book-keeping that is done again when it is lost, never for what somebody was told
   * is stored.
   */
  readonly asyncCommit: StatementRunner;
  private readonly single: StatementRunner;

  constructor(private readonly config: AppConfig) {
    super({
      adapter: new StatementPoolAdapter({
        // Its adapter reads and writes times as if every session were in this zone.
        ...poolOptions(config, 'tidewater-rows', 'TimeZone=UTC'),
        max: config.values.DATABASE_POOL,
      }),
      // Prisma's own are 2 s and 5 s: on a machine that is busy for a moment that is a 503 for nothing.
      transactionOptions: { maxWait: CONNECT_TIMEOUT_MS, timeout: TRANSACTION_MS },
    });
    this.pools = new SqlPools(config);
    this.single = runnerOn(this.pools.pool);
    this.asyncCommit = runnerOn(this.pools.asyncCommitPool);
    databases.add(this);
  }

  /**
   * Runs `work` between BEGIN and COMMIT; rolls back and rejects with its error when it throws. Statements and
   * delegates inside take the handle that it is given: with the outer database they would run on another connection,
   * outside of the transaction. When it resolves, the commit is on disk.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.$transaction(work, options).catch((error: unknown) => {
      throw named(error);
    });
  }

  /**
   * For work that somebody waits for: each of its statements is answered within DATABASE_REQUEST_TIMEOUT_SECONDS, or
   * fails as one of a database that is away. Requests over HTTP have it from their head on; this is for what does the
   * work of many of them, whoever began it.
   */
  forRequests<T>(work: () => Promise<T>): Promise<T> {
    // What Prisma returns begins when it is awaited.
    return withStatementDeadline(this.config.values.DATABASE_REQUEST_TIMEOUT_SECONDS * 1000, async () => await work());
  }

  /** One statement in a transaction of its own: `query` and `execute` call it. */
  runStatement<Row extends object, Values extends readonly Parameter[]>(
    statement: Statement<Row, Values>,
    values: Values,
  ): Promise<Outcome<Row>> {
    return this.single.runStatement(statement, values);
  }

  /**
   * Runs `work` while no other process does the same under this name; others wait, without limit. A lock of the
   * session: the server lets go of it when this process dies. Takes a connection of the pool for as long.
   */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const client = await this.pools.pool.connect();
    const key = `tidewater.${name}`;
    // The types of the driver do not know what a query may say of its own timeout.
    const lock = {
      text: 'SELECT pg_advisory_lock(hashtext($1))',
      values: [key],
      query_timeout: NO_QUERY_TIMEOUT,
      deadlineMs: null,
    };
    try {
      await client.query(WITHOUT_TIMEOUTS);
      await client.query(lock);
      return await work();
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtext($1))', [key]).catch(() => undefined);
      await client.query(WITH_TIMEOUTS).catch(() => undefined);
      client.release();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.$disconnect(), this.pools.end()]);
    watchOf(this.config).stop();
  }
}

/**
 * The rows that a statement reads or returns, with the same types in and out of a transaction (see `Statement`).
 * Rejects with DatabaseUnavailable when the database does not answer now; else with the driver's error, whose `code` is
 * the SQLSTATE outside of transactions.
 */
export async function query<Row extends object, Values extends readonly Parameter[]>(
  place: Place,
  statement: Statement<Row, Values>,
  values: Values,
): Promise<Row[]> {
  if (isRunner(place)) return (await place.runStatement(statement, values)).rows;
  return (await place.$queryRawUnsafe<Row[]>(statement.text, ...values.map(wireValue))).map(plainRow);
}

/** How many rows a statement changed. */
export async function execute<Row extends object, Values extends readonly Parameter[]>(
  place: Place,
  statement: Statement<Row, Values>,
  values: Values,
): Promise<number> {
  if (isRunner(place)) return (await place.runStatement(statement, values)).count;
  return place.$executeRawUnsafe(statement.text, ...values.map(wireValue));
}

/**
 * Holds the key's lock (an advisory lock of PostgreSQL) to the end of the transaction: who asks for the same key waits.
 * Two keys may share a lock, for it goes by a hash of 32 bits: that only makes somebody wait.
 */
export async function lockIn(tx: Tx, key: string): Promise<void> {
  await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(hashtext($1))', key);
}

/** A handle of a transaction looks like the database that it came from, and inherits all that it has. */
const databases = new WeakSet<object>();

function isRunner(place: Place): place is StatementRunner {
  return databases.has(place) || !('$queryRawUnsafe' in place);
}

import type pg from 'pg';
import { AppConfig } from '../../config/index.js';
import { poolOptions } from './connection-options.js';
import { named } from './database-failure.js';
import { StatementPool } from './statement-deadline.js';
import { rowTypes } from './row-types.js';
import { wireValue, type Parameter, type Statement } from './statement.js';

/** Connections for commits that do not wait for the disk. */
const ASYNC_COMMIT_CONNECTIONS = 4;

/** What has run: its rows (none without RETURNING), and how many rows it read or changed. */
export interface Outcome<Row> {
  rows: Row[];
  count: number;
}

/** Runs statements, each in a transaction of its own: one round trip, committed when it answers. */
export interface StatementRunner {
  runStatement<Row extends object, Values extends readonly Parameter[]>(
    statement: Statement<Row, Values>,
    values: Values,
  ): Promise<Outcome<Row>>;
}

/**
 * The connections for single statements, beside Prisma's own, which takes more of the processor per statement.
 * DATABASE_POOL of them, made when needed.
 */
export class SqlPools {
  readonly pool: pg.Pool;
  /**
   * Its commits do not wait for the disk (`synchronous_commit = off`): a crash of the database may take the last half
   * second of them back, in their order. For book-keeping that is done again when it is lost, and never for what
   * somebody was told is stored.
   */
  readonly asyncCommitPool: pg.Pool;
  private ended: Promise<unknown> | undefined;

  constructor(config: AppConfig) {
    this.pool = new StatementPool({
      ...poolOptions(config, 'tidewater-statements'),
      max: config.values.DATABASE_POOL,
    });
    this.asyncCommitPool = new StatementPool({
      ...poolOptions(config, 'tidewater-async', 'synchronous_commit=off'),
      max: ASYNC_COMMIT_CONNECTIONS,
    });
    for (const pool of [this.pool, this.asyncCommitPool]) endsNoProcess(pool);
  }

  /** Idempotent. */
  async end(): Promise<void> {
    this.ended ??= Promise.all([this.pool.end(), this.asyncCommitPool.end()]);
    await this.ended;
  }
}

/**
 * A connection that breaks must not end the process, which an error without a listener does: neither while it is idle
 * (the next query gets a new one), nor while somebody holds it between two statements (the next of them fails).
 */
export function endsNoProcess(pool: pg.Pool): void {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
}

/** Statements on one of these pools. */
export function runnerOn(pool: pg.Pool): StatementRunner {
  return {
    runStatement: async <Row extends object, Values extends readonly Parameter[]>(
      { text, name }: Statement<Row, Values>,
      values: Values,
    ) => {
      const { rows, rowCount } = await pool
        .query<Row>({
          text,
          values: values.map(wireValue),
          types: rowTypes,
          ...(name === undefined ? {} : { name }),
        })
        .catch((error: unknown) => {
          throw named(error);
        });
      return { rows, count: rowCount ?? 0 };
    },
  };
}

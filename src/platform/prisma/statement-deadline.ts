import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

/** Milliseconds that a statement of this work may take. */
const deadlines = new AsyncLocalStorage<number>();

/**
 * Each statement that `work` asks, and all that it calls and awaits, is answered within so many milliseconds, or fails
 * as one of a database that is away (DatabaseUnavailable), and its connection is given up. Kept by the client: a
 * server's process that is stopped in the middle of a statement keeps no timeout, and looks as one that is at work.
 * Whether a statement that was given up has happened is unknown, as with any connection that breaks.
 */
export function withStatementDeadline<T>(milliseconds: number, work: () => T): T {
  return deadlines.run(milliseconds, work);
}

/** What a query may say of its own deadline, beside what the driver knows; null: it has none. */
interface Asked {
  deadlineMs?: number | null;
}

/** Of a query as it is handed to the driver: its own word, else that of the work that asks it. */
export function deadlineOf(asked: unknown): number | null {
  const own = typeof asked === 'object' && asked !== null ? (asked as Asked).deadlineMs : undefined;
  return own === undefined ? (deadlines.getStore() ?? null) : own;
}

/**
 * A pool whose queries keep the deadline of whoever asked: one that waits for a connection is sent on by whoever gives
 * it back.
 */
export class StatementPool extends pg.Pool {
  override query(...given: unknown[]): never {
    const [config, ...rest] = given;
    const asked =
      typeof config === 'object' && config !== null && !('submit' in config)
        ? { ...config, deadlineMs: deadlineOf(config) }
        : config;
    return (super.query as (...given: unknown[]) => unknown).call(this, asked, ...rest) as never;
  }
}

/** Prisma's adapter over such a pool; each connecting makes one of its own, as the adapter does by itself. */
export class StatementPoolAdapter extends PrismaPg {
  constructor(private readonly poolOptions: pg.PoolConfig) {
    super(poolOptions);
  }

  override connect(): ReturnType<PrismaPg['connect']> {
    return new PrismaPg(new StatementPool(this.poolOptions), { disposeExternalPool: true }).connect();
  }
}

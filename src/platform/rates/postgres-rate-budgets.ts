import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database, execute, query } from '../prisma/index.js';
import { type Lease, type LeaseRequest, RateBudgets } from './rate-budgets.js';
import { FORGET_RATES, LEASE_RATES } from './rates.sql.js';

const FORGET_EVERY_MS = 10 * 60_000;

/** Table `rate_budgets`, by the database's clock: what processes share. Commits do not wait for the disk. */
@Injectable()
export class PostgresRateBudgets extends RateBudgets implements OnModuleDestroy {
  private forgetting: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {
    super();
  }

  /**
   * One statement for all of them; rows are locked in the order of their subjects. The first call begins to forget
   * budgets that nobody has asked for in an hour.
   */
  async lease(requests: readonly LeaseRequest[]): Promise<Lease[]> {
    this.forgetting ??= setInterval(
      () => void execute(this.database.asyncCommit, FORGET_RATES, []).catch(() => undefined),
      FORGET_EVERY_MS,
    ).unref();
    return query(this.database.asyncCommit, LEASE_RATES, [
      requests.map(({ subject }) => subject),
      requests.map(({ perSecond }) => perSecond),
      requests.map(({ burst }) => burst),
      requests.map(({ want }) => want),
    ]);
  }

  /** Budgets are not given back: what was leased and not used is lost with the process. */
  onModuleDestroy(): void {
    clearInterval(this.forgetting);
  }
}

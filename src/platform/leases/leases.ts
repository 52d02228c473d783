import type { Clock } from '../../shared/index.js';
import { execute, query, type Place, type Tx } from '../prisma/index.js';
import type { LeaseDefinition } from './lease-definition.js';
import { LeaseLost, type Claimed, type Lease } from './lease.js';
import { leaseStatements, type ClaimedRow } from './leases.sql.js';

/**
 * The leases of one table: who claims a row works on it alone until its lease ends, and every write under a lease is
 * guarded by its number, so that a worker that was too slow changes nothing. `Row` is what the definition returns.
 *
 * What is due, and when a lease ends, is decided by the database's clock: a process whose own clock is wrong takes nothing
 * from others and loses nothing to them.
 *
 * A claim also moves the row's next check to the end of the lease: whoever wants an earlier one meanwhile sets
 * `next_check_at`, and `release` leaves it so. The check takes place when the lease is free.
 */
export class Leases<Row extends object = object> {
  private readonly statements: ReturnType<typeof leaseStatements>;

  constructor(
    private readonly definition: LeaseDefinition,
    private readonly clock: Clock,
  ) {
    this.statements = leaseStatements(definition);
  }

  /**
   * Claims up to `limit` rows that are due and free, the longest due first. Claimers at the same time skip each other's
   * rows, so nobody waits and no row is claimed twice. In a transaction the claim stands when that commits. A worker
   * that dies needs no clean-up: its rows are due again after `leaseMs`.
   */
  async claimDue(place: Place, limit: number, leaseMs: number): Promise<Claimed<Row>[]> {
    const rows = await query(place, this.statements.claimDue, [this.clock.forStatement(), leaseMs, limit]);
    return rows.map((row) => claimedOf<Row>(row)).sort((a, b) => a.dueSince.getTime() - b.dueSince.getTime());
  }

  /**
   * Claims this row; null when it is not due, or leased, or there is none. Waits for a transaction that has the row
   * locked.
   */
  async claim(place: Place, key: string, leaseMs: number): Promise<Claimed<Row> | null> {
    const [row] = await query(place, this.statements.claimKey, [this.clock.forStatement(), leaseMs, key]);
    return row ? claimedOf<Row>(row) : null;
  }

  /**
   * Moves the ends of leases to `leaseMs` from now, in one statement; answers with those that are lost (their rows stay
   * as they are). A lease that ran out and that nobody claimed since is extended: it was not lost. May be repeated.
   */
  async extend<L extends Pick<Lease, 'key' | 'number'>>(
    place: Place,
    leases: readonly L[],
    leaseMs: number,
  ): Promise<L[]> {
    if (leases.length === 0) return [];
    const rows = await query(place, this.statements.extend, [
      this.clock.forStatement(),
      leaseMs,
      leases.map(({ key }) => key),
      leases.map(({ number }) => number),
    ]);
    const held = new Map(rows.map((row) => [row.lease_key, row.lease_number]));
    return leases.filter(({ key, number }) => held.get(key) !== number);
  }

  /**
   * Ends a lease; the row is due again at `nextCheckAt` (null: not before something asks for it), or earlier when that
   * was asked for while the lease was held. False, and nothing changed, when the lease was lost or ended before: so a
   * second call does no harm.
   */
  async release(place: Place, { key, number, until }: Lease, nextCheckAt: Date | null): Promise<boolean> {
    return (await execute(place, this.statements.release, [key, number, until, nextCheckAt])) === 1;
  }

  /**
   * Locks the row to the end of the transaction: until then nobody takes the lease over, and what is written stands.
   * A lease that has run out and that nobody else has claimed since is still ours.
   * @throws LeaseLost
   */
  async assertHeld(tx: Tx, { key, number }: Pick<Lease, 'key' | 'number'>): Promise<void> {
    const [row] = await query(tx, this.statements.lock, [key, number]);
    if (!row?.held) throw new LeaseLost(`${this.definition.table} ${key} is not ours any more`);
  }
}

function claimedOf<Row extends object>(found: ClaimedRow): Claimed<Row> {
  const { lease_key: key, lease_number: number, leased_until: until, due_since: dueSince, ...row } = found;
  return { key, number, until, dueSince, row: row as Row };
}

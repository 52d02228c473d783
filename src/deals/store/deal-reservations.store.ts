import { Injectable } from '@nestjs/common';
import { Database, execute, lockIn, query, type Tx } from '../../platform/prisma/index.js';
import { type AttoFil, Clock, type UserId, userId } from '../../shared/index.js';
import type { DayBudget, Reserved } from '../domain/budget.js';
import { promisedDealStates } from '../domain/deal-state.js';
import {
  OPEN_RESERVATIONS,
  RESERVATION_FAULTS,
  RESERVATION_SUMS,
  type ReservationFault,
  RESERVE,
  RESERVED_BY_ACCOUNT,
  RESERVED_SINCE,
  SETTLE,
} from './deals.sql.js';

const DAY_MS = 24 * 3_600_000;
/** Deals that a report of differences names. */
const NAMED = 20;

/** The two books, as they were at one moment. */
export interface ReservationAudit {
  reserved: Reserved;
  /** The same sums over the deals themselves. */
  promised: Reserved;
  /** Deals where the two differ, the first few. */
  faults: ReservationFault[];
}

/**
 * The table `deal_reservations`: what every deal has taken of money and DataCap, from the moment that it is promised
 * until it is on chain (spent) or has come to nothing (released). Written in the transaction of the deal's own change.
 */
@Injectable()
export class DealReservations {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** From here to the end of the transaction nobody else reserves: what is read of the wallet now holds. */
  async lock(tx: Tx): Promise<void> {
    await lockIn(tx, 'deals.funds');
  }

  /** Sum of what is promised and not yet on chain. */
  async open(tx: Tx): Promise<Reserved> {
    return sumsOf(await query(tx, OPEN_RESERVATIONS, []));
  }

  /** What was reserved within 24 hours and not given back: of one account, or (null) of everybody. */
  async usedToday(tx: Tx, account: UserId | null): Promise<DayBudget['used']> {
    return sumsOf(await query(tx, RESERVED_SINCE, [this.dayAgo(), account]));
  }

  /** The same for the pages of accounts; those without any are left out. */
  async usedTodayBy(accounts: readonly UserId[]): Promise<ReadonlyMap<UserId, Reserved>> {
    const rows = await query(this.database, RESERVED_BY_ACCOUNT, [this.dayAgo(), accounts]);
    return new Map(rows.map((row) => [userId(row.user_id), sumsOf([row])]));
  }

  /** For a deal that was inserted in the same transaction. */
  async add(tx: Tx, dealId: bigint, account: string | null, cost: AttoFil, dataCap: bigint): Promise<void> {
    await execute(tx, RESERVE, [dealId, account, cost.toString(), dataCap, this.clock.now()]);
  }

  /** The deal is on chain, or over: with its transition. Nothing when that was noted before. */
  async settle(tx: Tx, dealId: bigint, outcome: 'spent' | 'released'): Promise<void> {
    await execute(tx, SETTLE, [dealId, outcome, this.clock.now()]);
  }

  /** Compares the two books. Changes nothing: a difference is a defect, and somebody has to see it. */
  async audit(): Promise<ReservationAudit> {
    return this.database.transaction(
      async (tx) => {
        const [sums] = await query(tx, RESERVATION_SUMS, [promisedDealStates]);
        const faults = await query(tx, RESERVATION_FAULTS, [promisedDealStates, NAMED]);
        return {
          reserved: { cost: BigInt(sums?.cost ?? 0), dataCap: BigInt(sums?.datacap ?? 0) },
          promised: { cost: BigInt(sums?.deals_cost ?? 0), dataCap: BigInt(sums?.deals_datacap ?? 0) },
          faults,
        };
      },
      { timeout: 60_000 },
    );
  }

  private dayAgo(): Date {
    return new Date(this.clock.now().getTime() - DAY_MS);
  }
}

function sumsOf([row]: readonly { cost: string; datacap: string }[]): Reserved {
  return { cost: BigInt(row?.cost ?? 0), dataCap: BigInt(row?.datacap ?? 0) };
}

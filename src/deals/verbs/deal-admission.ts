import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { messageOf, type UserId } from '../../shared/index.js';
import type { Shortage } from '../domain/budget.js';
import type { NodeFaultName } from '../domain/node-fault.js';
import type { DayCaps, Reservation } from '../store/postgres-deal.store.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';
import { nodeFaultOf, NodeFaults } from './node-faults.js';

/** Shortages that are the wallet's; the others are caps that somebody set. */
const FAULT_OF: Partial<Record<Shortage, NodeFaultName>> = { balance: 'wallet-funds', datacap: 'wallet-datacap' };
/** None of them is there when the node has told what is in the wallet. */
const NOT_READ: readonly NodeFaultName[] = ['token-refused', 'node-lagging', 'node-unavailable', 'unknown'];

/** Why no deals are made, for people, and when to ask again (null: when somebody switches it on). */
interface Refusal {
  why: string;
  until: Date | null;
}

/** Whether deals may be made at all: the operator's switch, and what is wrong with our node and wallet. */
@Injectable()
export class DealAdmission {
  constructor(
    private readonly pieces: PostgresPieceStore,
    private readonly faults: NodeFaults,
  ) {}

  /** Null: go on. */
  async refusal(verified: boolean): Promise<Refusal | null> {
    if (!(await this.pieces.isDealMakingOn())) return { why: 'deal making is switched off', until: null };
    return this.faults.stopping(verified);
  }

  /**
   * What came of a reservation. A wallet that is short of something stops deals until one can be reserved again: the
   * refusal then, else null. What could be reserved proves that there was enough of what it took.
   */
  async reserved({ short, deals }: Reservation, verified: boolean): Promise<Refusal | null> {
    const lacking = short === null ? undefined : FAULT_OF[short];
    const enough: NodeFaultName[] = [...NOT_READ];
    if (lacking !== 'wallet-funds' && deals.some(({ totalCost }) => totalCost > 0n)) enough.push('wallet-funds');
    if (lacking !== 'wallet-datacap' && verified && deals.length > 0) enough.push('wallet-datacap');
    await this.faults.succeeded('reserve', enough);
    if (lacking === undefined) return null;
    const met = await this.faults.report(lacking, 'reserve', `a reservation found too little (${lacking})`);
    return met.paused ? this.faults.pausedBy(met) : null;
  }

  /** The node did not tell what is in the wallet: shown, and nothing is reserved until it does. */
  async walletUnread(error: unknown): Promise<void> {
    await this.faults.report(nodeFaultOf(error), 'reserve', `the wallet cannot be read: ${messageOf(error)}`);
  }
}

/** What deals may take of money and DataCap within 24 hours: of an account's pieces, and in all. */
@Injectable()
export class SpendingCaps {
  constructor(
    private readonly limits: AccountLimits,
    private readonly config: AppConfig,
  ) {}

  /** `account` null: a piece of several accounts, which only the platform's caps hold for. */
  async of(account: UserId | null): Promise<DayCaps> {
    const { DEALS_SPEND_PER_DAY, DEALS_DATACAP_PER_DAY } = this.config.values;
    const limits = account === null ? null : await this.limits.of(account);
    return {
      account: { cost: limits?.spendPerDay ?? null, dataCap: bytes(limits?.dataCapPerDay) },
      platform: { cost: DEALS_SPEND_PER_DAY ?? null, dataCap: bytes(DEALS_DATACAP_PER_DAY) },
    };
  }
}

function bytes(value: number | null | undefined): bigint | null {
  return value === null || value === undefined ? null : BigInt(value);
}

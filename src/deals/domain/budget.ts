import type { AttoFil } from '../../shared/index.js';

/** What the wallet can still promise, before the promises of deals that are not on chain yet. */
export interface Funds {
  available: AttoFil;
  /** Bytes of padded pieces; null: no DataCap at all. */
  dataCap: bigint | null;
}

/** Sums of reservations. */
export interface Reserved {
  /** attoFIL. */
  cost: AttoFil;
  /** Padded bytes. */
  dataCap: bigint;
}

/** What deals of one account, or of everybody, may take within 24 hours, and have taken. */
export interface DayBudget {
  whose: 'account' | 'platform';
  /** Null: no cap. */
  cap: { cost: AttoFil | null; dataCap: bigint | null };
  used: Reserved;
}

/** What a deal takes from a budget when it is promised. */
export interface Promised {
  /** attoFIL for the whole piece and duration. */
  totalCost: AttoFil;
  /** Padded bytes: they are taken from the DataCap of verified deals. */
  pieceSize: bigint;
  verified: boolean;
}

/** What there is too little of for another deal, as people read it. */
export const shortages = {
  balance: 'the wallet cannot pay for another deal beside those that are promised',
  datacap: 'there is too little DataCap left for another verified deal',
  'account-spend': 'the account may not spend more on deals within 24 hours',
  'account-datacap': 'the account may not use more DataCap within 24 hours',
  'platform-spend': 'the platform may not spend more on deals within 24 hours (DEALS_SPEND_PER_DAY)',
  'platform-datacap': 'the platform may not use more DataCap within 24 hours (DEALS_DATACAP_PER_DAY)',
} as const;
/** Names as the API shows them. */
export type Shortage = keyof typeof shortages;

/** Funds less what is promised already, and what is left of the day; it shrinks with every promise made from it. */
export class Budget {
  private balance: AttoFil;
  private dataCap: bigint;
  private readonly days: DayBudget[];

  constructor(funds: Funds, promised: Reserved, days: readonly DayBudget[] = []) {
    this.balance = funds.available - promised.cost;
    this.dataCap = (funds.dataCap ?? 0n) - promised.dataCap;
    this.days = days.map((day) => ({ ...day, used: { ...day.used } }));
  }

  /** Takes a deal from the budget; what is missing when there is too little, and then nothing is taken. */
  spend({ totalCost, pieceSize, verified }: Promised): Shortage | null {
    const dataCap = verified ? pieceSize : 0n;
    if (dataCap > 0n && this.dataCap < dataCap) return 'datacap';
    if (this.balance < totalCost) return 'balance';
    for (const { whose, cap, used } of this.days) {
      if (cap.cost !== null && used.cost + totalCost > cap.cost) return `${whose}-spend`;
      if (cap.dataCap !== null && dataCap > 0n && used.dataCap + dataCap > cap.dataCap) return `${whose}-datacap`;
    }
    this.dataCap -= dataCap;
    this.balance -= totalCost;
    for (const { used } of this.days) {
      used.cost += totalCost;
      used.dataCap += dataCap;
    }
    return null;
  }
}

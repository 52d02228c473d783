import type { AttoFil } from '../../shared/index.js';

/** What the wallet can still promise, before the promises of deals that are not on chain yet. */
export interface Funds {
  available: AttoFil;
  /** Bytes of padded pieces; null: no DataCap at all. */
  dataCap: bigint | null;
}

/** What a deal takes from a budget when it is promised. */
export interface Promised {
  /** attoFIL for the whole piece and duration. */
  totalCost: AttoFil;
  /** Padded bytes: they are taken from the DataCap of verified deals. */
  pieceSize: bigint;
  verified: boolean;
}

/** Funds less what is promised already; it shrinks with every promise made from it. */
export class Budget {
  private balance: AttoFil;
  private dataCap: bigint;

  constructor(funds: Funds, promised: { cost: AttoFil; dataCap: bigint }) {
    this.balance = funds.available - promised.cost;
    this.dataCap = (funds.dataCap ?? 0n) - promised.dataCap;
  }

  /** Takes a deal from the budget; what is missing when there is too little, and then nothing is taken. */
  spend({ totalCost, pieceSize, verified }: Promised): 'balance' | 'datacap' | null {
    if (verified && this.dataCap < pieceSize) return 'datacap';
    if (this.balance < totalCost) return 'balance';
    if (verified) this.dataCap -= pieceSize;
    this.balance -= totalCost;
    return null;
  }
}

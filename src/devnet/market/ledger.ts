import type { Account, Accounts } from '../chain/accounts.js';
import { clientFunds, totalPrice, type Deal } from './deal.js';

/**
 * The client's money (attoFIL) and DataCap (bytes) on their way through a deal. Callers run it in the deal's
 * transaction.
 */
export class Ledger {
  constructor(private readonly accounts: Accounts) {}

  /**
   * Moves what is missing from the wallet into the market, as Lotus does by itself. Returns the reason when there is
   * not enough.
   */
  fund(deal: Deal): string | undefined {
    const account = this.accounts.find(deal.wallet);
    if (!account) return `adding market funds failed: wallet ${deal.wallet} is not in this node`;
    const missing = clientFunds(deal) - (account.escrow - account.locked);
    if (missing <= 0n) return undefined;
    if (missing > account.balance)
      return `adding market funds failed: not enough funds: ${account.balance} < ${missing}`;
    this.accounts.save({ ...account, balance: account.balance - missing, escrow: account.escrow + missing });
    return undefined;
  }

  /** Sets aside what the deal costs; `fund` has made sure that it is there. */
  lock(deal: Deal): void {
    this.change(deal, (account) => ({ ...account, locked: account.locked + clientFunds(deal) }));
  }

  /**
   * Gives back what `lock` set aside, for a deal that came to nothing. Not twice: it does not look whether it was
   * locked.
   */
  unlock(deal: Deal): void {
    this.change(deal, (account) => ({ ...account, locked: account.locked - clientFunds(deal) }));
  }

  /** Only for verified deals, by the padded piece size. */
  spendDataCap(deal: Deal): void {
    if (deal.verified)
      this.change(deal, (account) => ({ ...account, datacap: account.datacap - BigInt(deal.pieceSize) }));
  }

  /** Pays the miner for the epochs that it kept the data and gives back the rest. */
  settle(deal: Deal, until: number): void {
    const kept = BigInt(Math.max(0, Math.min(until, deal.endEpoch) - Math.max(deal.startEpoch, deal.sectorStart)));
    const paid = deal.pricePerEpoch * kept;
    const due = paid > totalPrice(deal) ? totalPrice(deal) : paid;
    this.change(deal, (account) => ({
      ...account,
      escrow: account.escrow - due,
      locked: account.locked - clientFunds(deal),
    }));
  }

  private change(deal: Deal, next: (account: Account) => Account): void {
    const account = this.accounts.find(deal.wallet);
    if (account) this.accounts.save(next(account));
  }
}

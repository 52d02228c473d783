import { clientFunds, totalPrice } from './deal.js';
/**
 * The client's money (attoFIL) and DataCap (bytes) on their way through a deal. Callers run it in the deal's
 * transaction.
 */ export class Ledger {
    constructor(accounts){
        this.accounts = accounts;
    }
    /**
   * Moves what is missing from the wallet into the market, as Lotus does by itself. Returns the reason when there is
   * not enough.
   */ fund(deal) {
        const account = this.accounts.find(deal.wallet);
        if (!account) return `adding market funds failed: wallet ${deal.wallet} is not in this node`;
        const missing = clientFunds(deal) - (account.escrow - account.locked);
        if (missing <= 0n) return undefined;
        if (missing > account.balance) return `adding market funds failed: not enough funds: ${account.balance} < ${missing}`;
        this.accounts.save({
            ...account,
            balance: account.balance - missing,
            escrow: account.escrow + missing
        });
        return undefined;
    }
    /** Sets aside what the deal costs; `fund` has made sure that it is there. */ lock(deal) {
        this.change(deal, (account)=>({
                ...account,
                locked: account.locked + clientFunds(deal)
            }));
    }
    unlock(deal) {
        this.change(deal, (account)=>({
                ...account,
                locked: account.locked - clientFunds(deal)
            }));
    }
    /** Only for verified deals, by the padded piece size. */ spendDataCap(deal) {
        if (deal.verified) this.change(deal, (account)=>({
                ...account,
                datacap: account.datacap - BigInt(deal.pieceSize)
            }));
    }
    /** Pays the miner for the epochs that it kept the data and gives back the rest. */ settle(deal, until) {
        const kept = BigInt(Math.max(0, Math.min(until, deal.endEpoch) - Math.max(deal.startEpoch, deal.sectorStart)));
        const paid = deal.pricePerEpoch * kept;
        const due = paid > totalPrice(deal) ? totalPrice(deal) : paid;
        this.change(deal, (account)=>({
                ...account,
                escrow: account.escrow - due,
                locked: account.locked - clientFunds(deal)
            }));
    }
    change(deal, next) {
        const account = this.accounts.find(deal.wallet);
        if (account) this.accounts.save(next(account));
    }
}

//# sourceMappingURL=ledger.js.map

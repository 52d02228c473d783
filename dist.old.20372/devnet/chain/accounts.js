import { idAddress, keyAddress, sameNetwork } from './addresses.js';
/** attoFIL. */ export const FIL = 10n ** 18n;
/** Ids below 100 are those of the builtin actors. */ const FIRST_ACCOUNT_ID = 100;
const DEFAULT_BALANCE = 100_000n * FIL;
/** Bytes: 100 TiB. */ const DEFAULT_DATACAP = 100n * 2n ** 40n;
/** The node's wallet: the default account is rich and verified, others are empty. */ export class Accounts {
    constructor(db, seed){
        this.db = db;
        this.seed = seed;
        this.defaultAddress = keyAddress(seed, '0');
        if (!this.find(this.defaultAddress)) this.insert(this.defaultAddress, DEFAULT_BALANCE, DEFAULT_DATACAP);
    }
    /** Adds an empty account; its key follows from the seed and the number of accounts. */ create() {
        const address = keyAddress(this.seed, String(this.count()));
        this.insert(address, 0n, 0n);
        return address;
    }
    list() {
        return this.db.all('select * from accounts order by id').map(toAccount);
    }
    /** By key address or id address, in either network's spelling (`f`, `t`). */ find(address) {
        const wanted = sameNetwork(address);
        const row = this.db.one("select * from accounts where address = ? or 't0' || id = ?", wanted, wanted);
        return row && toAccount(row);
    }
    /** Writes amounts and nonce of an account that exists. */ save(account) {
        this.db.run('update accounts set balance = ?, escrow = ?, locked = ?, datacap = ?, nonce = ? where address = ?', String(account.balance), String(account.escrow), String(account.locked), String(account.datacap), account.nonce, account.address);
    }
    /** The nonce to use now, for the wallet's accounts and for miners' workers; counts it up. */ nextNonce(address) {
        const account = this.find(address);
        if (!account) {
            // Miners' workers send messages too; they are not in the wallet.
            const nonce = Number(this.db.meta(`nonce/${address}`, ()=>'0'));
            this.db.setMeta(`nonce/${address}`, String(nonce + 1));
            return nonce;
        }
        this.save({
            ...account,
            nonce: account.nonce + 1
        });
        return account.nonce;
    }
    count() {
        return this.db.one('select count(*) as n from accounts')?.n ?? 0;
    }
    insert(address, balance, datacap) {
        this.db.run('insert into accounts(address, id, balance, escrow, locked, datacap, nonce) values (?, ?, ?, ?, ?, ?, 0)', address, FIRST_ACCOUNT_ID + this.count(), String(balance), '0', '0', String(datacap));
    }
}
function toAccount(row) {
    return {
        address: row.address,
        idAddress: idAddress(row.id),
        balance: BigInt(row.balance),
        escrow: BigInt(row.escrow),
        locked: BigInt(row.locked),
        datacap: BigInt(row.datacap),
        nonce: row.nonce
    };
}

//# sourceMappingURL=accounts.js.map

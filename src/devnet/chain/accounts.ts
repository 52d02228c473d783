import type { Database } from '../storage/database.js';
import { idAddress, keyAddress, sameNetwork, type Address } from './addresses.js';

/** attoFIL. */
export const FIL = 10n ** 18n;
/** Ids below 100 are those of the builtin actors. */
const FIRST_ACCOUNT_ID = 100;
const DEFAULT_BALANCE = 100_000n * FIL;
/** Bytes: 100 TiB. */
const DEFAULT_DATACAP = 100n * 2n ** 40n;

/**
 * A wallet address with its money, in attoFIL, also of the storage market's escrow account (Lotus StateMarketBalance).
 */
export interface Account {
  address: Address;
  idAddress: Address;
  balance: bigint;
  /** What it put into the storage market, and how much of that deals hold. */
  escrow: bigint;
  locked: bigint;
  /** Bytes of verified deals that it may still make. */
  datacap: bigint;
  nonce: number;
}

/** Amounts are decimal text: SQLite's integers end at 64 bits. */
interface AccountRow {
  address: string;
  id: number;
  balance: string;
  escrow: string;
  locked: string;
  datacap: string;
  nonce: number;
}

/** The node's wallet: the default account is rich and verified, others are empty. */
export class Accounts {
  readonly defaultAddress: Address;

  constructor(
    private readonly db: Database,
    private readonly seed: string,
  ) {
    this.defaultAddress = keyAddress(seed, '0');
    if (!this.find(this.defaultAddress)) this.insert(this.defaultAddress, DEFAULT_BALANCE, DEFAULT_DATACAP);
  }

  /** Adds an empty account; its key follows from the seed and the number of accounts. */
  create(): Address {
    const address = keyAddress(this.seed, String(this.count()));
    this.insert(address, 0n, 0n);
    return address;
  }

  /** In the order of their ids, the default account first. */
  list(): Account[] {
    return this.db.all<AccountRow>('select * from accounts order by id').map(toAccount);
  }

  /** By key address or id address, in either network's spelling (`f`, `t`). */
  find(address: string): Account | undefined {
    const wanted = sameNetwork(address);
    const row = this.db.one<AccountRow>("select * from accounts where address = ? or 't0' || id = ?", wanted, wanted);
    return row && toAccount(row);
  }

  /** Writes amounts and nonce of an account that exists. */
  save(account: Account): void {
    this.db.run(
      'update accounts set balance = ?, escrow = ?, locked = ?, datacap = ?, nonce = ? where address = ?',
      String(account.balance),
      String(account.escrow),
      String(account.locked),
      String(account.datacap),
      account.nonce,
      account.address,
    );
  }

  /** The nonce to use now, for the wallet's accounts and for miners' workers; counts it up. */
  nextNonce(address: string): number {
    const account = this.find(address);
    if (!account) {
      // Miners' workers send messages too; they are not in the wallet.
      const nonce = Number(this.db.meta(`nonce/${address}`, () => '0'));
      this.db.setMeta(`nonce/${address}`, String(nonce + 1));
      return nonce;
    }
    this.save({ ...account, nonce: account.nonce + 1 });
    return account.nonce;
  }

  private count(): number {
    return this.db.one<{ n: number }>('select count(*) as n from accounts')?.n ?? 0;
  }

  private insert(address: Address, balance: bigint, datacap: bigint): void {
    this.db.run(
      'insert into accounts(address, id, balance, escrow, locked, datacap, nonce) values (?, ?, ?, ?, ?, ?, 0)',
      address,
      FIRST_ACCOUNT_ID + this.count(),
      String(balance),
      '0',
      '0',
      String(datacap),
    );
  }
}

function toAccount(row: AccountRow): Account {
  return {
    address: row.address,
    idAddress: idAddress(row.id),
    balance: BigInt(row.balance),
    escrow: BigInt(row.escrow),
    locked: BigInt(row.locked),
    datacap: BigInt(row.datacap),
    nonce: row.nonce,
  };
}

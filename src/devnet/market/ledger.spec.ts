import { beforeEach, describe, expect, it } from '@jest/globals';
import { Accounts, type Account } from '../chain/accounts.js';
import { Database } from '../storage/database.js';
import { clientFunds, totalPrice, type Deal } from './deal.js';
import { Ledger } from './ledger.js';

describe('The money of a deal', () => {
  let accounts: Accounts;
  let ledger: Ledger;
  const client = (): Account => accounts.find(accounts.defaultAddress)!;
  const dealOf = (change: Partial<Deal> = {}): Deal =>
    ({
      wallet: accounts.defaultAddress,
      startEpoch: 100,
      endEpoch: 200,
      sectorStart: -1,
      pricePerEpoch: 5n,
      clientCollateral: 7n,
      pieceSize: 1024,
      verified: false,
      ...change,
    }) as Deal;

  beforeEach(() => {
    accounts = new Accounts(new Database(':memory:'), 'seed');
    ledger = new Ledger(accounts);
  });

  it('is the price of all epochs and the collateral', () => {
    expect([totalPrice(dealOf()), clientFunds(dealOf())]).toEqual([500n, 507n]);
  });

  it('goes from the wallet into the market once: what is there and free is used first', () => {
    const before = client().balance;
    expect(ledger.fund(dealOf())).toBeUndefined();
    expect(ledger.fund(dealOf())).toBeUndefined();
    expect(client()).toMatchObject({ balance: before - 507n, escrow: 507n, locked: 0n });
    ledger.lock(dealOf());
    ledger.fund(dealOf());
    expect(client()).toMatchObject({ balance: before - 1014n, escrow: 1014n, locked: 507n });
    ledger.unlock(dealOf());
    expect(client().locked).toBe(0n);
  });

  it('is missing by name: a wallet of another node, a wallet that is too poor', () => {
    expect(ledger.fund(dealOf({ wallet: 't1nobody' }))).toMatch('is not in this node');
    const poor = accounts.create();
    expect(ledger.fund(dealOf({ wallet: poor }))).toBe('adding market funds failed: not enough funds: 0 < 507');
    expect(accounts.find(poor)).toMatchObject({ balance: 0n, escrow: 0n });
  });

  it.each<[string, Partial<Deal>, number, bigint]>([
    ['kept to its end', { sectorStart: 90 }, 200, 500n],
    ['slashed halfway', { sectorStart: 90 }, 150, 250n],
    ['active after its start', { sectorStart: 120 }, 200, 400n],
    ['slashed before its start', { sectorStart: 90 }, 95, 0n],
  ])('of a deal that was %s: the miner is paid for the epochs that it kept', (_name, change, until, paid) => {
    const deal = dealOf(change);
    ledger.fund(deal);
    ledger.lock(deal);
    ledger.settle(deal, until);
    expect(client()).toMatchObject({ escrow: 507n - paid, locked: 0n });
  });

  it('is DataCap, too, for verified deals alone', () => {
    const before = client().datacap;
    ledger.spendDataCap(dealOf());
    ledger.spendDataCap(dealOf({ verified: true }));
    expect(client().datacap).toBe(before - 1024n);
  });
});

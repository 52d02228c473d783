import { describe, expect, it } from '@jest/globals';
import { Budget } from './budget.js';

const plain = (totalCost: bigint) => ({ totalCost, pieceSize: 2048n, verified: false });
const verified = (totalCost = 0n) => ({ totalCost, pieceSize: 2048n, verified: true });
const nothing = { cost: 0n, dataCap: 0n };

describe('a budget', () => {
  it('pays until it is used up, to the last attoFIL', () => {
    const budget = new Budget({ available: 100n, dataCap: null }, { cost: 40n, dataCap: 0n });
    expect([plain(50n), plain(20n), plain(10n), plain(1n)].map((deal) => budget.spend(deal))).toEqual([
      null,
      'balance',
      null,
      'balance',
    ]);
  });

  it('needs DataCap for verified deals, and none for others', () => {
    const without = new Budget({ available: 100n, dataCap: null }, nothing);
    expect(without.spend(verified())).toBe('datacap');
    expect(without.spend(plain(1n))).toBeNull();
    const two = new Budget({ available: 100n, dataCap: 3n * 2048n }, { cost: 0n, dataCap: 2048n });
    expect([verified(), verified(), verified()].map((deal) => two.spend(deal))).toEqual([null, null, 'datacap']);
  });

  it('takes no DataCap for a deal that it cannot pay', () => {
    const budget = new Budget({ available: 5n, dataCap: 2048n }, nothing);
    expect(budget.spend(verified(9n))).toBe('balance');
    expect(budget.spend(verified(5n))).toBeNull();
  });

  it('that has promised more than there is promises nothing', () => {
    expect(new Budget({ available: 1n, dataCap: null }, { cost: 2n, dataCap: 0n }).spend(plain(0n))).toBe('balance');
  });

  it('ends where the day of the account or of the platform ends, whichever is first', () => {
    const day = (whose: 'account' | 'platform', cost: bigint | null, dataCap: bigint | null) => ({
      whose,
      cap: { cost, dataCap },
      used: { cost: 10n, dataCap: 2048n },
    });
    const rich = { available: 1000n, dataCap: 1n << 40n };
    const budget = new Budget(rich, nothing, [day('account', 30n, null), day('platform', 100n, 3n * 2048n)]);
    expect([verified(5n), plain(20n), plain(15n), plain(1n)].map((deal) => budget.spend(deal))).toEqual([
      null,
      'account-spend',
      null,
      'account-spend',
    ]);
    expect([verified(), verified()].map((deal) => budget.spend(deal))).toEqual([null, 'platform-datacap']);
  });

  it('takes nothing of a day for a deal that it refuses, and leaves the day that it was given as it was', () => {
    const account = { whose: 'account', cap: { cost: 10n, dataCap: null }, used: { cost: 0n, dataCap: 0n } } as const;
    const budget = new Budget({ available: 10n, dataCap: null }, nothing, [account]);
    expect(budget.spend(plain(11n))).toBe('balance');
    expect(budget.spend(verified(1n))).toBe('datacap');
    expect(budget.spend(plain(10n))).toBeNull();
    expect(account.used.cost).toBe(0n);
  });
});

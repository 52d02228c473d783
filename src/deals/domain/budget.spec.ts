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
});

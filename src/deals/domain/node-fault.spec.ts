import { describe, expect, it } from '@jest/globals';
import { failureReasons, reasonFrom } from './failure.js';
import { concerns, nodeFaultFrom, nodeFaults, stopsDeals } from './node-fault.js';

/** Words of Lotus v1.27.0 and go-fil-markets, as they come. */
const LOTUS: [string, keyof typeof nodeFaults][] = [
  ['deal rejected: clientMarketBalance.Available too small: 0 < 5000', 'wallet-funds'],
  ['adding market funds failed: failed to add escrow: not enough funds to execute transaction', 'wallet-funds'],
  ['failed to reserve funds: not enough funds (required: 1.2 FIL, balance: 0.1 FIL)', 'wallet-funds'],
  ['deal rejected: verified deal DataCap too small for proposed piece size: 0 < 2048', 'wallet-datacap'],
  ['failed to start deal: wallet is locked', 'wallet-locked'],
  ["provided address doesn't exist in wallet", 'wallet-key-missing'],
  ['failed to sign deal proposal: key not found', 'wallet-key-missing'],
  ['ClientImport: open /data/cars/a.car: no such file or directory', 'file-not-visible'],
  ['failed to find root CID in blockstore: block not found', 'file-not-visible'],
  ['no CARv2 file path for deal: no import with root bafy', 'file-not-visible'],
  ["missing permission to invoke 'ClientStartDeal' (need 'admin')", 'token-refused'],
  ["data doesn't fit in a sector", 'sector-size'],
];

describe('a fault of our own node or wallet', () => {
  it.each(LOTUS)('is told by its words: %s', (words, fault) => {
    expect(nodeFaultFrom(words)).toBe(fault);
    expect(reasonFrom(words, 'miner-refused')).toBe(fault);
    expect(failureReasons[fault as 'wallet-funds']).toMatchObject({ ours: true });
  });

  it.each([
    ['piece size less than minimum required size: 128 < 256', 'refused-size'],
    ['storage price per epoch less than asking price: 1 < 2', 'refused-price'],
    ['deal rejected: miner is not accepting online storage deals', 'refused-policy'],
    ['error calling node: publishing deal: not enough funds (required: 1, balance: 0)', 'publish-failed'],
    ['proposed provider collateral below minimum: 1 < 2', 'refused-terms'],
    ['some new words of a miner', 'miner-refused'],
  ])('is not what a miner says of itself or of our terms: %s', (words, reason) => {
    expect(nodeFaultFrom(words)).toBeNull();
    expect(reasonFrom(words, 'miner-refused')).toBe(reason);
  });

  it('stops deals at once by the word of our own node, and by that of three deals', () => {
    expect(stopsDeals('wallet-funds', 'propose', 1)).toBe(true);
    expect([1, 2, 3].map((count) => stopsDeals('wallet-funds', 'deal', count))).toEqual([false, false, true]);
    expect(stopsDeals('wallet-funds', 'reserve', 1)).toBe(true);
    expect(stopsDeals('token-refused', 'reserve', 1)).toBe(true);
    expect(stopsDeals('sector-size', 'propose', 99)).toBe(false);
    expect([11, 12].map((count) => stopsDeals('unknown', 'propose', count))).toEqual([false, true]);
  });

  it('of DataCap concerns verified deals alone', () => {
    expect([true, false].map((verified) => concerns('wallet-datacap', verified))).toEqual([true, false]);
    expect([true, false].map((verified) => concerns('wallet-funds', verified))).toEqual([true, true]);
  });
});

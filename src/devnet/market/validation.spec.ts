import { describe, expect, it } from '@jest/globals';
import { FIL } from '../chain/accounts.js';
import type { Proposal } from './deal.js';
import { MAX_DURATION, MIN_DURATION, reasonToReject, type ProposalContext } from './validation.js';

const GIB = 2 ** 30;
const proposal: Proposal = {
  pieceCid: 'baga',
  pieceSize: GIB,
  verified: false,
  client: 't1client',
  provider: 't01000',
  label: '',
  startEpoch: 1000,
  endEpoch: 1000 + MIN_DURATION,
  pricePerEpoch: 100n,
  providerCollateral: BigInt(GIB),
  clientCollateral: 0n,
};
const context: ProposalContext = {
  height: 10,
  sealEpochs: 3,
  ask: { price: 100n, verifiedPrice: 10n, minPieceSize: 256, maxPieceSize: 32 * GIB },
  client: {
    address: 't1client',
    idAddress: 't0100',
    balance: 0n,
    escrow: FIL,
    locked: 0n,
    datacap: BigInt(GIB),
    nonce: 0,
  },
};

describe('A miner', () => {
  it('takes a proposal that meets its ask', () => {
    expect(reasonToReject(proposal, context)).toBeUndefined();
  });

  it.each<[string, Partial<Proposal>, RegExp]>([
    ['a start in the past', { startEpoch: 10 }, /start epoch has already elapsed/],
    ['a start before it can seal', { startEpoch: 12, endEpoch: 12 + MIN_DURATION }, /too soon/],
    ['a short deal', { endEpoch: 1000 + MIN_DURATION - 1 }, /duration out of bounds/],
    ['a long deal', { endEpoch: 1001 + MAX_DURATION }, /duration out of bounds/],
    ['a low price', { pricePerEpoch: 99n }, /storage price per epoch less than asking price: 99 < 100/],
    ['a low price for a verified deal', { verified: true, pricePerEpoch: 9n }, /9 < 10/],
    [
      'a small piece',
      { pieceSize: 128, providerCollateral: 128n },
      /piece size less than minimum required size: 128 < 256/,
    ],
    [
      'a large piece',
      { pieceSize: 64 * GIB, pricePerEpoch: 6400n, providerCollateral: 64n * BigInt(GIB) },
      /piece size more than maximum/,
    ],
    ['too little collateral', { providerCollateral: 1n }, /collateral below minimum/],
    ['too much collateral', { providerCollateral: 100n * BigInt(GIB) }, /collateral above maximum/],
    ['more than the client can pay', { pricePerEpoch: FIL }, /Available too small/],
    [
      'more than the DataCap',
      { verified: true, pieceSize: 2 * GIB, providerCollateral: 2n * BigInt(GIB) },
      /DataCap too small/,
    ],
  ])('refuses %s', (_what, change, reason) => {
    expect(reasonToReject({ ...proposal, ...change }, context)).toMatch(reason);
  });
});

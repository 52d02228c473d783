import { describe, expect, it } from '@jest/globals';
import { paddedPieceSize } from '../../shared/index.js';
import { dealCost } from './deal.js';

const GIB = 1n << 30n;

describe('what a deal costs', () => {
  it.each([
    [1n, 128n],
    [127n, 128n],
    [128n, 256n],
    [254n, 256n],
    [1_048_577n, 2_097_152n],
    [GIB, 2n * GIB],
    [(GIB / 128n) * 127n, GIB],
  ])('%s bytes need a piece of %s', (bytes, piece) => {
    expect(paddedPieceSize(bytes)).toBe(piece);
  });

  it('is the price per GiB and epoch, rounded down per epoch, times the epochs; three miners by hand', () => {
    expect(dealCost(30_000_000_000n, 2n * GIB, 256n, 1_494_720)).toBe(60_000_000_000n * 1_494_720n);
    expect(dealCost(3n, GIB / 2n, 256n, 10)).toBe(10n);
    expect(dealCost(1_000n, 128n, GIB, 100)).toBe(100_000n);
  });
});

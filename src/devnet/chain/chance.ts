import { createHash } from 'node:crypto';

/**
 * The only source of "chance" here: a number in [0, 1) that follows from the seed and what is asked about. Same seed, same history.
 */
export class Chance {
  constructor(readonly seed: string) {}

  of(...about: (string | number)[]): number {
    const digest = createHash('sha256')
      .update([this.seed, ...about].join('/'))
      .digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  between(low: number, high: number, ...about: (string | number)[]): number {
    return low + Math.floor(this.of(...about) * (high - low + 1));
  }

  shuffled<T>(items: readonly T[], label: string): T[] {
    return items
      .map((item, index) => ({ item, rank: this.of(label, index) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  }
}

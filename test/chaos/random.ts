import { createCipheriv, createHash } from 'node:crypto';

/** Numbers that follow from a seed and a label alone: the same on every machine. */
export class Random {
  private state: number;

  constructor(seed: string, label: string) {
    this.state = createHash('sha256').update(`${seed}/${label}`).digest().readUInt32BE();
  }

  /** From 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** True in this share of the cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of them. @throws Error when there is none */
  oneOf<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('nothing to choose from');
    return items[Math.floor(this.next() * items.length)] as T;
  }

  /** The same items in another order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const order = [...items];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = this.whole(0, last);
      [order[last], order[other]] = [order[other] as T, order[last] as T];
    }
    return order;
  }
}

/** What makes the bytes of one upload: kept in place of the bytes, which are made again whenever they are compared. */
export interface Recipe {
  seed: string;
  size: number;
}

/** Bytes that cannot be compressed, guessed or confused with those of another seed. */
export function bytesOf({ seed, size }: Recipe): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

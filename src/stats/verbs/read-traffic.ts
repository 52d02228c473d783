import { Injectable } from '@nestjs/common';
import type { RollupScope } from '../domain/rollup.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';

const BYTES = ['bytes-in', 'bytes-out'] as const;
/** Both ways out to readers; transfers to miners are not reading. */
const TO_READERS: ReadonlySet<string> = new Set(['gateway', 'bitswap']);

/** Bytes that crossed our border, out of the roll-ups by day. Exact. */
@Injectable()
export class ReadTraffic {
  constructor(private readonly rollups: PostgresRollupStore) {}

  /** Bytes that left for readers of one root (CIDv1 text). */
  async egressOf(root: string): Promise<{ bytes: number; requests: number }> {
    const rows = (await this.ever('content', root)).filter(
      ({ kind, label }) => kind === 'bytes-out' && TO_READERS.has(label),
    );
    return { bytes: sum(rows, 'bytes'), requests: sum(rows, 'count') };
  }

  /** Bytes of one account that arrived and left, on all channels. */
  async trafficOf(userId: string): Promise<{ bytesIn: number; bytesOut: number }> {
    const rows = await this.ever('account', userId);
    const of = (direction: string) =>
      sum(
        rows.filter(({ kind }) => kind === direction),
        'bytes',
      );
    return { bytesIn: of('bytes-in'), bytesOut: of('bytes-out') };
  }

  /** Bytes that were ever uploaded, and that the gateway ever served. */
  async trafficTotals(): Promise<{ uploaded: number; served: number }> {
    const rows = await this.ever('platform', '');
    const of = (direction: string, channel: string) =>
      sum(
        rows.filter(({ kind, label }) => kind === direction && label === channel),
        'bytes',
      );
    return { uploaded: of('bytes-in', 'upload'), served: of('bytes-out', 'gateway') };
  }

  private async ever(scope: RollupScope, key: string) {
    // What is before the last day that there can be is everything.
    return this.rollups.before(scope, key, new Date('9999-12-31T00:00:00Z'), BYTES);
  }
}

function sum<Key extends 'bytes' | 'count'>(rows: readonly Record<Key, bigint>[], key: Key): number {
  return Number(rows.reduce((all, row) => all + row[key], 0n));
}

import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppLogger } from '../../platform/logging/index.js';
import type { Bandwidth } from '../domain/observation.js';
import type { PostgresObservationStore } from '../store/postgres-observation.store.js';
import { MeterEgress } from './meter-egress.js';

/** Keeps what is written; can be away. */
class Ledger implements Pick<PostgresObservationStore, 'addBandwidth'> {
  readonly written: { at: string; subject: string; bytes: number; requests: number }[] = [];
  away = false;

  async addBandwidth(at: Date, entries: readonly Bandwidth[]): Promise<void> {
    if (this.away) throw new Error('the database is away');
    this.written.push(
      ...entries.map(({ subject, bytes, requests }) => ({ at: at.toISOString(), subject, bytes, requests })),
    );
  }
}

describe('bytes that left', () => {
  const at = '2026-01-01T01:00:00.000Z';
  let ledger: Ledger;
  let meter: MeterEgress;
  beforeEach(() => {
    ledger = new Ledger();
    const logger = new AppLogger({ level: 'silent', process: 'api' });
    meter = new MeterEgress(ledger as unknown as PostgresObservationStore, new TestClock({ at }), logger);
  });
  const count = (root: string, bytes: number) => meter.count({ root, bytes, channel: 'gateway' });

  it('are summed by root between two writes, and answers without bytes do not count', async () => {
    count('a', 10);
    count('b', 1);
    count('a', 5);
    count('b', 0);
    await meter.flush();
    await meter.flush();
    expect(ledger.written).toEqual([
      { at, subject: 'a', bytes: 15, requests: 2 },
      { at, subject: 'b', bytes: 1, requests: 1 },
    ]);
  });

  it('wait for a database that is away, and are written once', async () => {
    ledger.away = true;
    count('a', 10);
    await meter.flush();
    count('a', 7);
    ledger.away = false;
    await meter.flush();
    expect(ledger.written).toEqual([{ at, subject: 'a', bytes: 17, requests: 2 }]);
  });

  it('are written when the process ends, also those of the last answers', async () => {
    count('a', 1);
    await meter.beforeApplicationShutdown();
    count('a', 2);
    await meter.onApplicationShutdown();
    expect(ledger.written.map(({ bytes }) => bytes)).toEqual([1, 2]);
  });
});

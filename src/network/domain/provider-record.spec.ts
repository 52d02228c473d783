import { describe, expect, it } from '@jest/globals';
import { retryDelayAfter, settlementOf, type ClaimedProviderRecord, type ProvideOutcome } from './provider-record.js';

const HOUR = 3_600_000;
const EARLIER = new Date('2026-01-01T00:00:00Z');
const AT = new Date('2026-01-01T12:00:00Z');
const after = (ms: number) => new Date(AT.getTime() + ms);

const claimed = (over: Partial<ClaimedProviderRecord> = {}): ClaimedProviderRecord => ({
  id: '1',
  root: 'bafy',
  state: 'pending',
  node: null,
  providedSince: null,
  announcedAt: null,
  routing: [],
  dueAt: EARLIER,
  failures: 0,
  lastError: null,
  leaseNumber: 3,
  revision: 2,
  ...over,
});
const settled = (record: ClaimedProviderRecord, outcome: ProvideOutcome, chance = 0) =>
  settlementOf(record, outcome, AT, 22 * HOUR, chance);

describe('what becomes of a provider record', () => {
  it('is announced again within the interval, earlier by up to a tenth, and forgets its failures', () => {
    const failing = claimed({ failures: 4, lastError: 'no peers' });
    const outcome = { kind: 'announced', node: 'us', routing: ['dht'] } as const;
    expect(settled(failing, { ...outcome, routing: [...outcome.routing] })).toMatchObject({
      state: 'announced',
      node: 'us',
      providedSince: AT,
      announcedAt: AT,
      routing: ['dht'],
      dueAt: after(22 * HOUR),
      failures: 0,
      lastError: null,
      remove: false,
    });
    expect(settled(failing, { ...outcome, routing: ['dht'] }, 1).dueAt).toEqual(after(0.9 * 22 * HOUR));
  });

  it('waits for a change where no routing system is to be told, and keeps when the last one was', () => {
    const told = claimed({ state: 'announced', node: 'us', providedSince: EARLIER, announcedAt: EARLIER });
    expect(settled(told, { kind: 'announced', node: 'us', routing: [] })).toMatchObject({
      state: 'held',
      dueAt: null,
      announcedAt: EARLIER,
      providedSince: EARLIER,
    });
  });

  it('is provided since then by another node, and as long as before by the same', () => {
    const byAnother = claimed({ node: 'them', providedSince: EARLIER });
    expect(settled(byAnother, { kind: 'announced', node: 'us', routing: ['dht'] }).providedSince).toEqual(AT);
    const byUs = claimed({ node: 'us', providedSince: EARLIER });
    expect(settled(byUs, { kind: 'announced', node: 'us', routing: ['dht'] }).providedSince).toEqual(EARLIER);
  });

  it('keeps how far a failure came: provided, but not announced', () => {
    const error = `${'x'.repeat(600)}`;
    const failed = settled(claimed(), { kind: 'failed', error: `\0${error}`, providedBy: 'us' });
    expect(failed).toMatchObject({ state: 'held', node: 'us', providedSince: AT, failures: 1, dueAt: after(15_000) });
    expect(failed.lastError).toBe('x'.repeat(500));
    const renewal = claimed({ state: 'announced', node: 'us', announcedAt: EARLIER });
    expect(settled(renewal, { kind: 'failed', error, providedBy: 'us' })).toMatchObject({ state: 'announced' });
    expect(settled(claimed(), { kind: 'failed', error, providedBy: null })).toMatchObject({
      state: 'pending',
      node: null,
    });
  });

  it('is stopped at once when nobody wants it, and forgotten when the node has stopped', () => {
    const announced = claimed({ state: 'announced', node: 'us', failures: 2, lastError: 'x' });
    expect(settled(announced, { kind: 'unwanted' })).toMatchObject({
      state: 'withdrawing',
      dueAt: AT,
      failures: 0,
      remove: false,
    });
    expect(settled(announced, { kind: 'stopped' })).toMatchObject({ remove: true, node: null, routing: [] });
  });

  it('is as it was when the process ends', () => {
    const record = claimed({ state: 'announced', failures: 2, lastError: 'x' });
    expect(settled(record, { kind: 'released' })).toEqual({ ...record, remove: false });
  });

  it('waits twice as long after every failure, an hour at most', () => {
    expect([1, 2, 3, 8, 9, 10, 1000].map((failures) => retryDelayAfter(failures) / 1000)).toEqual([
      15, 30, 60, 1920, 3600, 3600, 3600,
    ]);
  });
});

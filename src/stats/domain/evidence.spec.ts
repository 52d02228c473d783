import { describe, expect, it } from '@jest/globals';
import { evidenceOf, heldDealsOf } from './evidence.js';
import { isOurs } from './fault.js';
import { observeDealMove, observeRetrieval } from './observe.js';
import type { Observation } from './observation.js';
import { rollUpMeasurement, sumRollups } from './rollup.js';

const at = new Date('2026-05-04T10:20:30Z');
const rowsOf = (observations: Observation[]) =>
  sumRollups(
    observations.flatMap(({ measurements }) => measurements.flatMap((row) => rollUpMeasurement(row, at))),
  ).filter(({ scope }) => scope === 'miner');
const counted = (observations: Observation[]) => {
  const sums: Record<string, [s: number, f: number]> = {};
  for (const { dimension, successes, failures } of evidenceOf(rowsOf(observations), isOurs)) {
    const [s, f] = sums[dimension] ?? [0, 0];
    sums[dimension] = [s + successes, f + failures];
  }
  return sums;
};
const move = (from: string, to: string, phase: string | null = null, reason: string | null = null) =>
  observeDealMove({
    dealId: '7',
    carId: 'car',
    miner: 't01000',
    from,
    to,
    cause: 'x',
    phase,
    reason,
    epoch: 1,
    ms: 5,
    bytes: 10,
  });
const attempt = (ok: boolean, firstByteMs: number | null, reason: string | null = null) =>
  observeRetrieval({
    retrievalId: null,
    root: 'bafy',
    miner: 't01000',
    source: 'http-car',
    ok,
    phase: null,
    reason,
    firstByteMs,
    durationMs: 10,
    bytes: 5,
  });

describe('the evidence for and against a miner', () => {
  it('of a deal that goes well is a yes, a transfer, a seal and one to keep', () => {
    expect(
      counted([move('proposed', 'accepted'), move('transferring', 'published'), move('published', 'active')]),
    ).toEqual({
      accept: [1, 0],
      transfer: [1, 0],
      seal: [1, 0],
      keep: [1, 0],
    });
  });

  it('of a failure counts where in the life of the deal it was', () => {
    expect(
      counted([
        move('proposed', 'rejected', 'propose', 'refused-price'),
        move('transferring', 'failed', 'data-transfer-remote', 'transfer-stalled'),
        move('published', 'failed', 'check-status', 'start-epoch-passed'),
      ]),
    ).toEqual({ accept: [0, 1], transfer: [0, 1], seal: [0, 1] });
  });

  it('of a proven deal that was slashed or lost is against keeping alone', () => {
    expect(
      counted([
        move('active', 'slashed', 'check-chain-deal', 'slashed'),
        move('expiring', 'failed', 'check-chain-deal', 'chain-deal-missing'),
        move('expiring', 'ended'),
      ]),
    ).toEqual({ keep: [0, 2] });
  });

  it('leaves out what was our own fault', () => {
    expect(
      counted([
        move('proposed', 'failed', 'propose', 'wallet-funds'),
        move('transferring', 'failed', 'data-transfer', 'file-not-visible'),
        move('proposed', 'rejected', 'propose', 'refused-terms'),
        attempt(false, null, 'node-fault'),
      ]),
    ).toEqual({});
  });

  it('of retrievals tells those that came from those whose first byte came soon', () => {
    expect(counted([attempt(true, 20), attempt(true, 5000), attempt(false, null, 'timeout')])).toEqual({
      retrieve: [2, 1],
      'first-byte': [1, 1],
    });
  });

  it('knows how many deals a miner holds', () => {
    const sealed = Array.from({ length: 5 }, () => move('published', 'active'));
    const lost = [move('expiring', 'ended'), move('active', 'slashed'), move('published', 'slashed')];
    expect(heldDealsOf(rowsOf([...sealed, ...lost]))).toBe(3);
    expect(heldDealsOf([])).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { isOurs } from './fault.js';
import { observeDealMove, observeRetrieval } from './observe.js';
import type { Observation } from './observation.js';
import { rollUpMeasurement, sumRollups, toDays } from './rollup.js';
import { windowFigures } from './window-figures.js';

const at = new Date('2026-05-04T10:20:30Z');
const figuresOf = (observations: Observation[]) => {
  const rows = observations.flatMap(({ measurements }) => measurements.flatMap((row) => rollUpMeasurement(row, at)));
  return windowFigures(
    sumRollups(toDays(rows)).filter(({ scope }) => scope === 'miner'),
    isOurs,
  );
};
const move = (from: string, to: string, rest: Partial<Parameters<typeof observeDealMove>[0]> = {}) =>
  observeDealMove({
    dealId: '7',
    carId: 'car-1',
    miner: 't01000',
    from,
    to,
    cause: 'test',
    phase: null,
    reason: null,
    epoch: 10,
    ms: 1500,
    bytes: 0,
    ...rest,
  });
const attempt = (rest: Partial<Parameters<typeof observeRetrieval>[0]>) =>
  observeRetrieval({
    retrievalId: 'r',
    root: 'bafy',
    miner: 't01000',
    source: 'http-car',
    ok: true,
    phase: null,
    reason: null,
    firstByteMs: 40,
    durationMs: 1000,
    bytes: 2048,
    ...rest,
  });

describe('what a miner did in a window', () => {
  it('is nothing, and not zero, where nothing was measured', () => {
    expect(figuresOf([])).toMatchObject({
      proposals: 0,
      acceptRate: null,
      sealMs: null,
      retrieval: { attempts: 0, successRate: null, bySource: [] },
    });
  });

  it('counts each step of a deal, and how long it took', () => {
    const figures = figuresOf([
      move('queued', 'proposed', { ms: 20 }),
      move('proposed', 'accepted', { ms: 30 }),
      move('transferring', 'published', { ms: 4000, bytes: 8000 }),
      move('published', 'active', { ms: 9000 }),
      move('expiring', 'ended'),
      move('active', 'failed', { phase: 'check-chain-deal', reason: 'chain-deal-missing' }),
      move('active', 'slashed', { phase: 'fault', reason: 'slashed' }),
      move('proposed', 'rejected', { phase: 'propose', reason: 'refused-price' }),
    ]);
    expect(figures).toMatchObject({
      proposals: 1,
      accepted: 1,
      refused: 1,
      acceptRate: 0.5,
      transferred: 1,
      published: 1,
      sealed: 1,
      ended: 1,
      faults: 1,
      slashes: 1,
      proposeMs: { p50: 20 },
      sealMs: { count: 1, p10: 9000, p95: 9000 },
      transferBytesPerSecond: { p50: 2000 },
      bytes: { in: 0, out: 8000 },
    });
  });

  it('tells our own failures from those of the miner', () => {
    const failed = (reason: string) => move('transferring', 'failed', { phase: 'data-transfer', reason });
    const { failures } = figuresOf([failed('wallet-funds'), failed('transfer-stalled'), failed('transfer-stalled')]);
    expect(failures).toEqual({
      total: 3,
      ours: 1,
      theirs: 2,
      byReason: [
        { phase: 'data-transfer', reason: 'transfer-stalled', count: 2, fault: 'theirs' },
        { phase: 'data-transfer', reason: 'wallet-funds', count: 1, fault: 'ours' },
      ],
    });
  });

  it('rates retrievals by source, and leaves out those that our own node spoilt', () => {
    const lost = { ok: false, firstByteMs: null, bytes: 0 };
    const { retrieval } = figuresOf([
      attempt({}),
      attempt({ ...lost, reason: 'timeout' }),
      attempt({ ...lost, reason: 'node-fault', source: 'lotus' }),
      attempt({ source: 'lotus', firstByteMs: 700 }),
    ]);
    expect(retrieval).toMatchObject({ attempts: 3, ok: 2, ours: 1 });
    expect(retrieval.successRate).toBeCloseTo(2 / 3);
    expect(retrieval.bySource).toEqual([
      expect.objectContaining({ source: 'http-car', attempts: 2, ok: 1, successRate: 0.5 }),
      expect.objectContaining({
        source: 'lotus',
        attempts: 1,
        ok: 1,
        firstByteMs: expect.objectContaining({ p50: 700 }),
      }),
    ]);
    expect(retrieval.failures.map(({ source, reason, fault }) => [source, reason, fault])).toEqual([
      ['http-car', 'timeout', 'theirs'],
      ['lotus', 'node-fault', 'ours'],
    ]);
  });
});

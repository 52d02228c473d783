import { describe, expect, it } from '@jest/globals';
import { observeDealMove, observeRetrieval, observeUploads } from './observe.js';

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
const kinds = (observation: ReturnType<typeof observeDealMove>) => observation.measurements.map((row) => row.kind);

describe('what a deal move measures', () => {
  it('a proposal that went out counts as a proposal with the time it took', () => {
    expect(move('queued', 'proposed').measurements).toEqual([
      expect.objectContaining({ kind: 'proposal', ok: true, ms: 1500, miner: 't01000', dealId: '7' }),
    ]);
  });

  it('bytes count as transferred exactly once, when the transfer is left behind', () => {
    const left = move('transferring', 'published', { bytes: 1000 });
    expect(kinds(left)).toEqual(['transfer', 'publish']);
    expect(left.bandwidth).toEqual([
      { channel: 'transfer', direction: 'out', subject: 'car-1', userId: '', bytes: 1000, requests: 1 },
    ]);
    expect(move('published', 'active', { bytes: 1000 }).bandwidth).toEqual([]);
    expect(move('accepted', 'transferring', { bytes: 10 }).bandwidth).toEqual([]);
  });

  it('bytes of a transfer that broke have left too', () => {
    expect(move('transferring', 'failed', { bytes: 600 }).bandwidth).toEqual([
      expect.objectContaining({ channel: 'transfer', direction: 'out', bytes: 600 }),
    ]);
    expect(move('published', 'failed', { bytes: 1000 }).bandwidth).toEqual([]);
  });

  it('a move that skips states still measures acceptance, transfer and sealing', () => {
    expect(kinds(move('proposed', 'active', { bytes: 5 }))).toEqual(['accept', 'transfer', 'seal']);
  });

  it('a refusal is a failed acceptance and a failure with its reason', () => {
    const refused = move('proposed', 'rejected', { phase: 'propose', reason: 'price-too-low' });
    expect(refused.measurements).toEqual([
      expect.objectContaining({ kind: 'accept', ok: false, reason: 'price-too-low' }),
      expect.objectContaining({ kind: 'failure', ok: false, phase: 'propose', reason: 'price-too-low' }),
    ]);
  });

  it('a slashed deal is a slash and no failure of a phase', () => {
    expect(kinds(move('active', 'slashed', { phase: 'check-chain-deal' }))).toEqual(['slash']);
  });

  it('a deal that comes back from expiring to active is not sealed twice', () => {
    expect(kinds(move('expiring', 'active'))).toEqual([]);
  });
});

describe('what a retrieval attempt measures', () => {
  const attempt = {
    retrievalId: 'r',
    root: 'bafy',
    miner: 't01',
    source: 'http',
    ok: true,
    phase: null,
    reason: null,
    firstByteMs: 40,
    durationMs: 900,
    bytes: 2048,
  };

  it('a success measures the first byte, the whole, and the bytes that came in', () => {
    const seen = observeRetrieval(attempt);
    expect(seen.measurements.map((row) => [row.kind, row.ok, row.ms])).toEqual([
      ['retrieval-first-byte', true, 40],
      ['retrieval', true, 900],
    ]);
    expect(seen.bandwidth).toEqual([expect.objectContaining({ channel: 'retrieval', direction: 'in', bytes: 2048 })]);
  });

  it('an attempt without an answer measures only its failure', () => {
    const seen = observeRetrieval({
      ...attempt,
      ok: false,
      firstByteMs: null,
      bytes: 0,
      phase: 'connect',
      reason: 'unreachable',
    });
    expect(seen.measurements).toEqual([
      expect.objectContaining({ kind: 'retrieval', ok: false, phase: 'connect', reason: 'unreachable' }),
    ]);
    expect(seen.bandwidth).toEqual([]);
  });
});

describe('what an upload batch measures', () => {
  it('each content adds its own bytes to its own account', () => {
    const seen = observeUploads({
      contents: [
        { contentId: '1', userId: 'a', cid: 'x', size: 10 },
        { contentId: '2', userId: 'b', cid: 'y', size: 5 },
      ],
    });
    expect(seen.measurements).toEqual([expect.objectContaining({ kind: 'upload', bytes: 15 })]);
    expect(seen.bandwidth.map((row) => [row.userId, row.bytes])).toEqual([
      ['a', 10],
      ['b', 5],
    ]);
  });
});

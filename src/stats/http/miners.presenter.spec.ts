import { describe, expect, it } from '@jest/globals';
import type { PublicDeal } from '../../deals/index.js';
import type { PublicMiner } from '../../miners/index.js';
import { presentFailure, presentFigures, presentMiner, presentMinerDeal } from './miners.presenter.js';

const now = new Date('2026-05-04T10:00:00Z');
const later = new Date('2026-05-04T11:00:00Z');
const earlier = new Date('2026-05-04T09:00:00Z');

const miner: PublicMiner = {
  address: 't01000',
  name: 'one',
  peerId: null,
  addresses: [],
  httpUrl: null,
  owner: null,
  worker: null,
  version: null,
  suspended: false,
  suspendedReason: null,
  suspendedUntil: null,
  suspendedBy: null,
  suspendedSince: null,
  region: null,
  askError: null,
  score: null,
  scoreCourse: [],
  openUntil: null,
  price: null,
  verifiedPrice: null,
  minPieceSize: null,
  maxPieceSize: null,
  askSeenAt: null,
};

describe('a miner on the public page', () => {
  it.each([
    ['nothing stands against it', {}, null],
    ['suspended for a while', { suspended: true, suspendedUntil: later }, later.toISOString()],
    ['suspended for good', { suspended: true, openUntil: later }, null],
    ['its breaker is open', { openUntil: later }, later.toISOString()],
    ['its breaker was open', { openUntil: earlier }, null],
  ])('is paused until a time that lies ahead: %s', (_, over, until) => {
    expect(presentMiner({ ...miner, ...over }, undefined, now).pausedUntil).toBe(until);
  });

  it('shows prices and sizes as text, and no ask as null', () => {
    const asking = { price: '100', verifiedPrice: '0', minPieceSize: 256n, maxPieceSize: 2n ** 36n, askSeenAt: now };
    expect(presentMiner({ ...miner, ...asking }, undefined, now).ask).toEqual({
      price: '100',
      verifiedPrice: '0',
      minPieceSize: '256',
      maxPieceSize: '68719476736',
      seenAt: now.toISOString(),
    });
    expect(presentMiner(miner, undefined, now).ask).toBeNull();
  });
});

describe('a deal on the public page', () => {
  const deal: PublicDeal = {
    id: 7n,
    createdAt: earlier,
    updatedAt: now,
    miner: 't01000',
    state: 'slashed',
    verified: false,
    proposalCid: 'bafyprop',
    chainDealId: 12n,
    failurePhase: null,
    failureReason: null,
    startEpoch: 1,
    endEpoch: 2,
    activeEpoch: null,
    slashEpoch: 2,
    pieceCid: 'baga',
    pieceSize: 1024n,
    root: 'bafyroot',
  };

  it('bears the names of the public API', () => {
    expect(presentMinerDeal(deal)).toMatchObject({
      id: '7',
      propCid: 'bafyprop',
      dealId: '12',
      contentCid: 'bafyroot',
      pieceSize: '1024',
      slashed: true,
      failed: false,
    });
  });

  it('says of a failure its phase, its reason and whose fault it was, and nothing of its wallet or owner', () => {
    expect(presentFailure(deal)).toMatchObject({ dealId: '7', phase: 'fault', reason: 'unknown' });
    expect(presentFailure({ ...deal, failurePhase: 'propose', failureReason: 'price-too-low' })).toEqual({
      id: 7,
      dealId: '7',
      miner: 't01000',
      phase: 'propose',
      reason: 'price-too-low',
      message: 'price-too-low',
      fault: 'theirs',
      createdAt: now.toISOString(),
      CreatedAt: now.toISOString(),
    });
  });
});

describe("a miner's figures", () => {
  it('are null where nothing was measured', () => {
    expect(presentFigures([])).toMatchObject({ proposals: 0, acceptRate: null, sealMs: null, byKind: {} });
  });

  it('are rates and medians of their kinds', () => {
    const row = { count: 4n, ok: 3n, p50: 200, p90: 300, bytes: 1000n, speed: 1999.6 };
    expect(presentFigures([{ kind: 'retrieval', ...row }])).toMatchObject({
      retrievals: 4,
      retrievalSuccessRate: 0.75,
      retrievalBytesPerSecond: 2000,
    });
  });
});

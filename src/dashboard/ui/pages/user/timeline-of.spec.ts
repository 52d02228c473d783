import { describe, expect, it } from '@jest/globals';
import type { Deal } from '../../api/types';
import { timelineOf } from './timeline-of';

const deal = (more: Partial<Deal>): Deal => ({
  id: 1,
  CreatedAt: '2026-01-01T00:01:00Z',
  UpdatedAt: '2026-01-01T00:09:00Z',
  propCid: null,
  miner: 'f01000',
  dealId: 7,
  failed: false,
  verified: false,
  slashed: false,
  sealedAt: null,
  onChainAt: null,
  state: 'proposed',
  live: true,
  slot: 0,
  pieceCid: null,
  pieceSize: null,
  failurePhase: null,
  failureReason: null,
  failureMessage: null,
  endAt: null,
  startAt: null,
  totalCost: '0',
  ...more,
});

describe('the timeline of a content', () => {
  it('weaves its own moves with the marks of its deals, newest first', () => {
    const lines = timelineOf(
      [{ from: 'receiving', to: 'stored', cause: 'uploaded', at: '2026-01-01T00:00:00Z' }],
      [
        deal({ onChainAt: '2026-01-01T00:02:00Z', sealedAt: '2026-01-01T00:05:00Z', state: 'active' }),
        deal({ id: 2, miner: 'f01001', state: 'failed', live: false, failureReason: 'transfer-failed', slot: 1 }),
      ],
    );
    expect(lines.map(({ text, more }) => `${text}: ${more}`)).toEqual([
      'Deal with f01001 failed: transfer-failed',
      'Deal with f01000 active: proven on chain',
      'Deal with f01000 published: deal 7',
      'Deal with f01000 begun: slot 1',
      'Deal with f01001 begun: slot 2',
      'Content stored: uploaded',
    ]);
  });
});

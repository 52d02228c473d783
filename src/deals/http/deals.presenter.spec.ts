import { describe, expect, it } from '@jest/globals';
import { EpochClock } from '../../chain/index.js';
import { carId, dealId, minerId } from '../../shared/index.js';
import type { Deal, Piece } from '../domain/deal.js';
import type { ContentFacts } from '../store/postgres-content-cars.store.js';
import type { DealView } from '../store/postgres-deal-view.store.js';
import { presentContentStatus, presentPublicContent } from './content-deals.presenter.js';
import { presentChainDeal, presentDealStatus, presentEstimate, presentTimeline } from './deals.presenter.js';

const CAR = carId('018f6f5c-0000-7000-8000-000000000001');
const T0 = new Date('2026-01-01T00:00:00Z');
const dates = new EpochClock({ height: 100, timestamp: T0.getTime() / 1000 }, 30);

const piece: Piece = {
  carId: CAR,
  root: 'bafyroot',
  carBytes: 1000,
  state: 'replicating',
  pieceCid: 'baga',
  pieceSize: 1n << 30n,
  replication: 2,
  duration: 500,
  verified: false,
  maxPrice: 9n,
  commpAttempts: 0,
  lastError: null,
  shared: false,
  ownMaxPrice: false,
  userId: null,
  nextCheckAt: T0,
  createdAt: T0,
  committedAt: T0,
  replicatedAt: null,
};
const deal = (over: Partial<Deal> = {}): Deal => ({
  id: dealId(7n),
  carId: CAR,
  miner: minerId('t01000'),
  slot: 1,
  role: 'current',
  state: 'active',
  live: true,
  verified: false,
  price: 5n,
  totalCost: 2500n,
  duration: 500,
  startEpoch: 200,
  endEpoch: 700,
  proposalCid: 'bafyproposal',
  chainDealId: 42n,
  publishCid: 'bafypublish',
  proposal: null,
  chainDeal: {
    sectorStartEpoch: 150,
    lastUpdatedEpoch: 160,
    pieceCid: 'baga',
    pieceSize: '1073741824',
    provider: 't01000',
  },
  proposingSince: null,
  activeEpoch: 150,
  slashEpoch: null,
  bytesSent: 1000,
  failurePhase: null,
  failureReason: null,
  failureMessage: null,
  renews: null,
  doubt: null,
  attempts: 0,
  createdAt: T0,
  updatedAt: T0,
  ...over,
});
const view = (over: Partial<Deal> = {}, transitions: DealView['transitions'] = []): DealView => ({
  deal: deal(over),
  piece,
  transitions,
});
const content: ContentFacts = {
  id: 1n,
  cid: 'bafyroot',
  name: 'a.txt',
  userId: 'alice',
  size: 900n,
  type: 'file',
  state: 'stored',
  profile: 'unixfs-v1-2025',
  replication: 6,
  createdAt: T0,
  updatedAt: T0,
  root: 'bafyroot',
  hot: true,
  cars: [CAR],
};

describe('a deal as it is shown', () => {
  it('has dates beside epochs, and none while the chain cannot be asked', () => {
    expect(presentDealStatus(view(), dates).deal).toMatchObject({
      startEpoch: 200,
      startAt: '2026-01-01T00:50:00.000Z',
      sealedAt: '2026-01-01T00:25:00.000Z',
      totalCost: '2500',
    });
    expect(presentDealStatus(view(), null).deal).toMatchObject({ startEpoch: 200, startAt: null, sealedAt: null });
  });

  it.each([
    ['current', 1],
    ['renewal', 101],
    ['outgoing', 101],
  ] as const)('is in the slot that pages have always shown when it is %s', (role, slot) => {
    expect(presentDealStatus(view({ role }), null).deal.slot).toBe(slot);
  });

  it('says how its transfer stands', () => {
    const at = (to: 'transferring' | 'published') => ({
      from: 'accepted' as const,
      to,
      epoch: 120,
      cause: 'x',
      at: T0,
    });
    const status = (over: Partial<Deal>, ...to: ('transferring' | 'published')[]) =>
      presentDealStatus(view(over, to.map(at)), null).transfer.status;
    expect(status({ state: 'proposed' })).toBe('Initializing');
    expect(status({ state: 'transferring' }, 'transferring')).toBe('Ongoing');
    expect(status({ state: 'failed', live: false }, 'transferring')).toBe('Failed');
    expect(status({ state: 'active' }, 'transferring', 'published')).toBe('Completed');
  });

  it("uses Lotus' -1 where the chain has nothing yet, and nothing at all before the chain knows the deal", () => {
    expect(presentDealStatus(view(), null).onChainState).toEqual({
      sectorStartEpoch: 150,
      lastUpdatedEpoch: 160,
      slashEpoch: -1,
    });
    expect(presentDealStatus(view({ chainDeal: null }), null).onChainState).toBeNull();
    expect(presentChainDeal(view(), dates)).toMatchObject({ dealId: 42, State: { SlashEpoch: -1 } });
  });

  it('begins its timeline with why it was made', () => {
    expect(presentTimeline(view(), null)[0]).toMatchObject({ to: 'queued', cause: 'chosen for slot 1' });
    expect(presentTimeline(view({ renews: dealId(3n) }), null)[0]?.cause).toBe('chosen to renew deal 3');
  });
});

describe('a content with its deals', () => {
  it('counts the sealed deals that are current, whatever is beside them', () => {
    const deals = [
      view({ slot: 0 }),
      view({ slot: 1, role: 'outgoing', state: 'expiring' }),
      view({ slot: 1, state: 'published' }),
      view({ slot: 2 }),
    ];
    expect(presentContentStatus(content, [piece], deals, null).progress).toEqual({
      active: 1,
      wanted: 2,
      text: '1 of 2',
    });
  });

  it('that has no piece yet wants what its uploader asked for', () => {
    expect(presentContentStatus(content, [], [], null)).toMatchObject({ unsealed: 1, progress: { text: '0 of 6' } });
  });

  it('tells everybody where it is, not whose it is', () => {
    const shown = presentPublicContent(content, [piece], [view(), view({ chainDealId: null })], dates);
    expect(shown.deals).toHaveLength(1);
    expect(JSON.stringify(shown)).not.toContain('alice');
  });
});

describe('an estimate', () => {
  const estimate = { pieceSize: 1n << 30n, duration: 10, verified: false, wanted: 6, total: 2n * 10n ** 18n, asks: [] };
  it('is in dollars where somebody knows what a FIL costs', () => {
    const filPrice = { usd: '4.5', source: 'FIL_USD', at: T0, ageMs: 61_000 };
    expect(presentEstimate({ ...estimate, filPrice }).usd).toEqual({
      total: '9.00000',
      filUsd: '4.5',
      source: 'FIL_USD',
      ageSeconds: 61,
    });
    expect(presentEstimate({ ...estimate, filPrice: null }).usd).toBeNull();
  });
});

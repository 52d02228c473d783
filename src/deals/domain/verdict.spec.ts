import { describe, expect, it } from '@jest/globals';
import { marketDeal } from '../../chain/testing/scripted-chain-source.js';
import { carId, dealId, minerId } from '../../shared/index.js';
import type { DealStatus } from '../ports/deal-maker.port.js';
import type { CommittedPiece, Deal } from './deal.js';
import { judgeOnChain, judgeProposal } from './verdict.js';

const T0 = new Date('2026-03-01T00:00:00Z');
const later = (ms: number) => new Date(T0.getTime() + ms);
const timeouts = { stallMs: 30_000, chainLagMs: 10_000, renewWindow: 1000 };
const seen = (head = 500, ms = 1000, watched = true) => ({ head, now: later(ms), watched });

const deal = (over: Partial<Deal> = {}): Deal => ({
  id: dealId(1n),
  carId: carId('c'),
  miner: minerId('t01000'),
  slot: 0,
  role: 'current',
  state: 'proposed',
  live: true,
  verified: false,
  price: 1n,
  totalCost: 1n,
  duration: 100_000,
  startEpoch: 10_000,
  endEpoch: 110_000,
  proposalCid: 'p',
  chainDealId: null,
  publishCid: null,
  proposal: null,
  chainDeal: null,
  proposingSince: T0,
  activeEpoch: null,
  slashEpoch: null,
  bytesSent: 0,
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
const piece = { pieceCid: 'baga1', pieceSize: 2048n, carBytes: 1000 } as CommittedPiece;
const status = (phase: DealStatus['phase'], over: Partial<DealStatus> = {}): DealStatus => ({
  phase,
  detail: `Node${phase}`,
  message: null,
  chainDealId: null,
  publishCid: null,
  bytesSent: 0,
  proposal: {},
  ...over,
});
const market = (over = {}) =>
  marketDeal({
    chainDealId: 7n,
    pieceCid: 'baga1',
    provider: minerId('t01000'),
    startEpoch: 10_000,
    endEpoch: 110_000,
    ...over,
  });
const judged = (state: Deal['state'], answer: DealStatus | null, at = seen(), over: Partial<Deal> = {}) =>
  judgeProposal(deal({ state, ...over }), 1000, answer, at, timeouts);

describe('what the client node says of a proposal', () => {
  it('moves the deal forward, with all that became known', () => {
    expect(
      judged('proposed', status('published', { chainDealId: 7n, publishCid: 'm', bytesSent: 1000 })),
    ).toMatchObject({
      kind: 'advance',
      to: 'published',
      facts: { chainDealId: 7n, publishCid: 'm', bytesSent: 1000 },
      epoch: 500,
    });
  });

  it('never calls a deal active: only the chain can', () => {
    expect(judged('proposed', status('active', { chainDealId: 7n }))).toMatchObject({
      kind: 'advance',
      to: 'published',
    });
  });

  it('is not believed when it goes back', () => {
    expect(judged('transferring', status('accepted'))).toMatchObject({ kind: 'stay' });
  });

  it('loses a proposal that it has forgotten', () => {
    expect(judged('accepted', null)).toMatchObject({
      kind: 'fail',
      to: 'failed',
      failure: { phase: 'check-status', reason: 'proposal-forgotten' },
    });
  });

  it('knows a proposal that no miner would take from a miner that does not want it', () => {
    expect(
      judged(
        'proposed',
        status('rejected', {
          message: 'deal rejected: deal duration out of bounds (min, max, provided): 518400, 3680640, 1',
        }),
      ),
    ).toMatchObject({ to: 'rejected', failure: { reason: 'refused-terms' } });
    expect(
      judged(
        'proposed',
        status('rejected', { message: 'deal rejected: miner is not considering online storage deals' }),
      ),
    ).toMatchObject({ failure: { reason: 'refused-policy' } });
  });

  it.each([
    [
      'proposed',
      'sending proposal to storage provider failed: failed to dial 12D3: all dials failed',
      'send-proposal',
      'miner-unreachable',
    ],
    ['transferring', 'data transfer failed: stream reset', 'data-transfer', 'transfer-failed'],
    ['transferring', 'commP mismatch: expected baga1', 'data-transfer-remote', 'commp-mismatch'],
    [
      'proposed',
      'could not complete data transfer, could not connect to provider t01009',
      'data-transfer',
      'transfer-failed',
    ],
    ['accepted', 'something odd', 'start-data-transfer', 'deal-error'],
  ] as const)('names the phase and reason of a failure while %s: %s', (state, message, phase, reason) => {
    expect(judged(state, status('failed', { message }))).toMatchObject({
      kind: 'fail',
      to: 'failed',
      failure: { phase, reason, message },
    });
  });

  it('lets a transfer that stands still go, and cancels it', () => {
    expect(
      judged('transferring', status('transferring', { bytesSent: 500 }), seen(500, 31_000), { bytesSent: 500 }),
    ).toMatchObject({ kind: 'fail', failure: { reason: 'transfer-stalled' }, cancel: true });
    expect(
      judged('transferring', status('transferring', { bytesSent: 501 }), seen(500, 31_000), { bytesSent: 500 }),
    ).toMatchObject({ kind: 'stay', bytesSent: 501 });
  });

  it('does not blame a miner for silence while nobody listened', () => {
    expect(judged('transferring', status('transferring'), seen(500, 999_000, false))).toMatchObject({ kind: 'stay' });
  });

  it('gives a miner that has it all the time to hash and publish it, in proportion to its size', () => {
    const large = 512 * 1024 * 1024;
    const waits = (ms: number) =>
      judgeProposal(
        deal({ state: 'transferring', bytesSent: large }),
        large,
        status('transferring', { bytesSent: large }),
        seen(500, ms),
        timeouts,
      );
    expect(waits(200_000)).toMatchObject({ kind: 'stay' });
    expect(waits(300_000)).toMatchObject({ kind: 'fail', failure: { reason: 'publish-failed' } });
  });

  it('gives up when the start epoch has passed', () => {
    expect(judged('accepted', status('accepted'), seen(10_001))).toMatchObject({
      kind: 'fail',
      failure: { reason: 'start-epoch-passed' },
    });
  });
});

describe('what the chain says of a deal', () => {
  const published = deal({ state: 'published', chainDealId: 7n });
  const active = deal({ state: 'active', chainDealId: 7n });
  const on = (which: Deal, answer: ReturnType<typeof market> | null, head = 500, ms = 1000) =>
    judgeOnChain(which, piece, answer, seen(head, ms), timeouts);

  it('makes it active at the epoch of its sector, not at the time of the look', () => {
    expect(on(published, market({ sectorStartEpoch: 444 }), 999)).toMatchObject({
      kind: 'advance',
      to: 'active',
      epoch: 444,
      facts: { activeEpoch: 444, chainDeal: { chainDealId: '7' } },
    });
  });

  it('takes f0 and t0 for one miner', () => {
    expect(on(published, market({ provider: minerId('f01000'), sectorStartEpoch: 444 }))).toMatchObject({
      kind: 'advance',
      to: 'active',
    });
  });

  it('does not accept a deal of another miner or piece', () => {
    expect(on(published, market({ provider: minerId('t0666') }))).toMatchObject({
      kind: 'fail',
      failure: { phase: 'check-chain-deal', reason: 'chain-deal-mismatch' },
    });
    expect(on(published, market({ pieceCid: 'baga2' }))).toMatchObject({
      kind: 'fail',
      failure: { reason: 'chain-deal-mismatch' },
    });
  });

  it('loses a slashed one at the epoch of the slashing', () => {
    expect(on(active, market({ sectorStartEpoch: 444, slashEpoch: 480 }), 999)).toMatchObject({
      kind: 'fail',
      to: 'slashed',
      epoch: 480,
      facts: { slashEpoch: 480 },
    });
  });

  it('loses one that is not sealed by its start epoch', () => {
    expect(on(published, market(), 10_001)).toMatchObject({ kind: 'fail', failure: { reason: 'start-epoch-passed' } });
    expect(on(published, market(), 10_000)).toMatchObject({ kind: 'stay' });
  });

  it('calls one near its end expiring, and one past it ended', () => {
    const sealed = market({ sectorStartEpoch: 444 });
    expect(on(active, sealed, 109_001)).toMatchObject({ kind: 'advance', to: 'expiring' });
    expect(on(active, sealed, 109_000)).toMatchObject({ kind: 'stay' });
    expect(on(deal({ state: 'expiring', chainDealId: 7n }), sealed, 110_000)).toMatchObject({
      kind: 'advance',
      to: 'ended',
      epoch: 110_000,
    });
  });

  it('does not renew a short deal as soon as it is made', () => {
    expect(
      on(
        deal({ state: 'active', chainDealId: 7n, duration: 800 }),
        market({ sectorStartEpoch: 444, endEpoch: 1244 }),
        500,
      ),
    ).toMatchObject({ kind: 'stay' });
    expect(
      on(
        deal({ state: 'active', chainDealId: 7n, duration: 800 }),
        market({ sectorStartEpoch: 444, endEpoch: 1244 }),
        1100,
      ),
    ).toMatchObject({ kind: 'advance', to: 'expiring' });
  });

  it('waits a little for a deal that it does not know yet, then loses it', () => {
    expect(on(published, null, 500, 5_000)).toMatchObject({ kind: 'stay' });
    expect(on(published, null, 500, 11_000)).toMatchObject({ kind: 'fail', failure: { reason: 'chain-deal-missing' } });
    expect(on(deal({ state: 'expiring', chainDealId: 7n }), null, 110_001, 999_000)).toMatchObject({
      kind: 'advance',
      to: 'ended',
    });
  });
});

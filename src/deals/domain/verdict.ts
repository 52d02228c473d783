import type { MarketDeal } from '../../chain/index.js';
import { type Epoch, type Json, sameAddress } from '../../shared/index.js';
import type { DealStatus } from '../ports/deal-maker.port.js';
import type { CommittedPiece, Deal, DealFacts } from './deal.js';
import { type DealState, dealPath, type FailureState, sealedDealStates } from './deal-state.js';
import { type DealFailure, type FailurePhase, type FailureReason, reasonFrom } from './failure.js';

/** What a look at a deal leads to. */
export type Verdict =
  | { kind: 'stay'; bytesSent: number | null }
  | { kind: 'advance'; to: DealState; facts: DealFacts; cause: string; epoch: Epoch | null }
  | { kind: 'fail'; to: FailureState; failure: DealFailure; facts: DealFacts; epoch: Epoch | null; cancel: boolean };

/** The circumstances of a look, beside what was seen of the deal. */
export interface Seen {
  head: Epoch;
  now: Date;
  /** We have looked at this deal lately: silence is the miner's, not ours after a crash or while the node was away. */
  watched: boolean;
}

/** How long nothing may happen. */
export interface Timeouts {
  /** Nothing transitions, neither bytes nor state, for this long. */
  stallMs: number;
  /** A published deal that the chain does not know yet. */
  chainLagMs: number;
  /** A deal closer to its end is to be renewed. */
  renewWindow: Epoch;
}

/**
 * Protocols count differently (blocks alone, or the CAR with its headers): from this share on, the miner has it all and
 * only has to publish.
 */
const COMPLETE = 0.75;
/** What a modest miner verifies per millisecond, among other work: 2 MiB/s. */
const HASHED_PER_MS = (2 * 1024 * 1024) / 1000;

const PHASE_BY_STATE: Partial<Record<DealState, FailurePhase>> = {
  queued: 'send-proposal',
  proposed: 'propose',
  accepted: 'start-data-transfer',
  transferring: 'data-transfer',
};

const ahead = (from: DealState, to: DealState) => dealPath.indexOf(to as never) > dealPath.indexOf(from as never);

function fail(
  to: FailureState,
  phase: FailurePhase,
  reason: FailureReason,
  message: string,
  epoch: Epoch | null,
  rest: { facts?: DealFacts; cancel?: boolean } = {},
): Verdict {
  return {
    kind: 'fail',
    to,
    failure: { phase, reason, message },
    facts: rest.facts ?? {},
    epoch,
    cancel: rest.cancel ?? false,
  };
}

/**
 * Before the chain knows a deal: what the client node says about its proposal (null: it has forgotten it). Pure. The
 * node's `active` counts as `published` here: whether a deal is sealed the chain alone says. `carBytes`: the whole CAR.
 */
export function judgeProposal(
  deal: Deal,
  carBytes: number,
  status: DealStatus | null,
  seen: Seen,
  timeouts: Timeouts,
): Verdict {
  const { head } = seen;
  if (status === null)
    return fail(
      'failed',
      'check-status',
      'proposal-forgotten',
      'the client node does not know the proposal any more',
      head,
    );
  const sent = Math.max(status.bytesSent, deal.bytesSent);
  if (status.phase === 'rejected') {
    const message = status.message ?? status.detail;
    return fail('rejected', 'propose', reasonFrom(message, 'miner-refused'), message, head, {
      facts: { bytesSent: sent },
    });
  }
  if (status.phase === 'failed') {
    const message = status.message ?? status.detail;
    const reason = reasonFrom(message, deal.state === 'transferring' ? 'transfer-failed' : 'deal-error');
    return fail('failed', failedPhase(deal.state, reason), reason, message, head, { facts: { bytesSent: sent } });
  }
  const to: DealState = status.phase === 'active' ? 'published' : status.phase;
  const facts: DealFacts = {
    bytesSent: sent,
    ...(Object.keys(status.proposal).length > 0 && deal.proposal === null ? { proposal: status.proposal } : {}),
    ...(status.publishCid === null ? {} : { publishCid: status.publishCid }),
    ...(status.chainDealId === null ? {} : { chainDealId: status.chainDealId }),
  };
  if (ahead(deal.state, to))
    return { kind: 'advance', to, facts, cause: `the client node says: ${status.detail}`, epoch: head };
  return overdue(deal, carBytes, sent, seen, timeouts) ?? { kind: 'stay', bytesSent: status.bytesSent };
}

function failedPhase(state: DealState, reason: FailureReason): FailurePhase {
  if (reason === 'commp-mismatch') return 'data-transfer-remote';
  if (reason === 'miner-unreachable' && state === 'proposed') return 'send-proposal';
  if (reason === 'transfer-failed' || reason === 'transfer-stalled') return 'data-transfer';
  return PHASE_BY_STATE[state] ?? 'check-status';
}

/** A miner that has gone silent must not hold a slot for ever. */
function overdue(
  deal: Deal,
  carBytes: number,
  bytesSent: number,
  { head, now, watched }: Seen,
  timeouts: Timeouts,
): Verdict | null {
  if (deal.startEpoch !== null && head > deal.startEpoch) {
    return fail(
      'failed',
      'check-status',
      'start-epoch-passed',
      `start epoch ${deal.startEpoch} has passed and the deal is not on chain`,
      head,
      { cancel: true },
    );
  }
  if (bytesSent > deal.bytesSent || !watched) return null;
  const stallMs = now.getTime() - deal.updatedAt.getTime();
  const seconds = Math.round(stallMs / 1000);
  if (deal.state === 'transferring' && bytesSent < carBytes * COMPLETE && stallMs > timeouts.stallMs) {
    return fail(
      'failed',
      'data-transfer',
      'transfer-stalled',
      `no byte for ${seconds} s after ${bytesSent} of ${carBytes}`,
      head,
      { cancel: true },
    );
  }
  // A miner that has all the bytes hashes them before it publishes.
  if (stallMs <= timeouts.stallMs + carBytes / HASHED_PER_MS) return null;
  const reason = deal.state === 'transferring' ? 'publish-failed' : 'miner-silent';
  return fail(
    'failed',
    PHASE_BY_STATE[deal.state] ?? 'check-status',
    reason,
    `${deal.state} for ${seconds} s and nothing has happened`,
    head,
    { cancel: true },
  );
}

/** As much of a deal as the chain is compared with. */
export type DealOnChain = Pick<Deal, 'miner' | 'state' | 'duration' | 'endEpoch' | 'chainDealId' | 'updatedAt'>;

/**
 * Once it has a chain id, only the chain's word counts. Pure. `market` null: the chain does not know the id, which is
 * no failure before `chainLagMs` is over, nor while nobody watched.
 */
export function judgeOnChain(
  deal: DealOnChain,
  piece: Pick<CommittedPiece, 'pieceCid'>,
  market: MarketDeal | null,
  seen: Seen,
  timeouts: Timeouts,
): Verdict {
  const { head } = seen;
  if (market === null) return judgeMissing(deal, seen, timeouts);
  const facts: DealFacts = { chainDeal: receiptOf(market), startEpoch: market.startEpoch, endEpoch: market.endEpoch };
  if (!sameAddress(market.provider, deal.miner) || market.pieceCid !== piece.pieceCid) {
    return fail(
      'failed',
      'check-chain-deal',
      'chain-deal-mismatch',
      `deal ${market.chainDealId} on chain is of ${market.provider} for ${market.pieceCid}`,
      head,
      { facts },
    );
  }
  if (market.slashEpoch !== null) {
    return fail('slashed', 'check-chain-deal', 'slashed', `slashed at epoch ${market.slashEpoch}`, market.slashEpoch, {
      facts: { ...facts, slashEpoch: market.slashEpoch },
    });
  }
  if (market.sectorStartEpoch === null) {
    if (head > market.startEpoch)
      return fail(
        'failed',
        'check-chain-deal',
        'start-epoch-passed',
        `not sealed by its start epoch ${market.startEpoch}`,
        head,
        { facts },
      );
    return { kind: 'stay', bytesSent: null };
  }
  if (deal.state === 'published') {
    return {
      kind: 'advance',
      to: 'active',
      facts: { ...facts, activeEpoch: market.sectorStartEpoch },
      cause: 'sealed: the chain has its sector',
      epoch: market.sectorStartEpoch,
    };
  }
  if (market.endEpoch <= head)
    return { kind: 'advance', to: 'ended', facts, cause: 'its time is over', epoch: market.endEpoch };
  // A deal made for less than a few windows is renewed in its last quarter, or it would be renewed as soon as it is
  // made.
  const window = Math.min(timeouts.renewWindow, Math.floor(deal.duration / 4));
  if (deal.state === 'active' && market.endEpoch - head < window) {
    return { kind: 'advance', to: 'expiring', facts, cause: `ends in ${market.endEpoch - head} epochs`, epoch: head };
  }
  return { kind: 'stay', bytesSent: null };
}

function judgeMissing(deal: DealOnChain, { head, now, watched }: Seen, timeouts: Timeouts): Verdict {
  if (sealedDealStates.includes(deal.state) && deal.endEpoch !== null && deal.endEpoch <= head) {
    return {
      kind: 'advance',
      to: 'ended',
      facts: {},
      cause: 'its time is over and the chain has dropped it',
      epoch: deal.endEpoch,
    };
  }
  if (!watched || now.getTime() - deal.updatedAt.getTime() < timeouts.chainLagMs)
    return { kind: 'stay', bytesSent: null };
  return fail(
    'failed',
    'check-chain-deal',
    'chain-deal-missing',
    `the chain does not know deal ${deal.chainDealId ?? '?'}`,
    head,
  );
}

/** The deal as the chain has it, in plain JSON. */
function receiptOf(market: MarketDeal): Json {
  return {
    ...market,
    chainDealId: market.chainDealId.toString(),
    pieceSize: market.pieceSize.toString(),
    pricePerEpoch: market.pricePerEpoch.toString(),
  };
}

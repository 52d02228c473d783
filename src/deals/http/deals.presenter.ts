import type { EpochClock } from '../../chain/index.js';
import { type Epoch, formatFil, type Json, pricePerEpoch } from '../../shared/index.js';
import type { Deal, DealTransition, Piece } from '../domain/deal.js';
import type { Estimate } from '../verbs/estimate-deals.js';
import type { DealView } from '../store/postgres-deal-view.store.js';

/** Dates of epochs, when the chain could be asked lately. */
export type Dates = Pick<EpochClock, 'toDate'> | null;

const NOT_YET = -1;

/** A deal beside the current one of its slot is shown a hundred higher, as it was when that was how it was kept. */
function shownSlot({ slot, role }: Deal): number {
  return role === 'current' ? slot : slot + 100;
}

/** ISO text of an epoch; null without an epoch, or without the chain's clock. */
export function dateOf(epoch: Epoch | null, dates: Dates): string | null {
  return epoch === null || dates === null ? null : dates.toDate(epoch).toISOString();
}

function transitionTo(transitions: readonly DealTransition[], state: string): DealTransition | undefined {
  return transitions.find(({ to }) => to === state);
}

/**
 * Estuary's content_deals row (estuary.md 2.4) with our own fields behind it. Times of the chain come from epochs,
 * never from polling.
 */
function presentDeal({ deal, piece, transitions }: DealView, dates: Dates) {
  return {
    id: Number(deal.id),
    CreatedAt: deal.createdAt.toISOString(),
    UpdatedAt: deal.updatedAt.toISOString(),
    propCid: deal.proposalCid,
    dealUuid: '',
    miner: deal.miner,
    dealId: deal.chainDealId === null ? 0 : Number(deal.chainDealId),
    failed: deal.state === 'failed' || deal.state === 'rejected',
    verified: deal.verified,
    slashed: deal.state === 'slashed',
    failedAt: deal.live || deal.state === 'ended' ? null : deal.updatedAt.toISOString(),
    dtChan: '',
    transferStarted: transitionTo(transitions, 'transferring')?.at.toISOString() ?? null,
    transferFinished: transitionTo(transitions, 'published')?.at.toISOString() ?? null,
    onChainAt: dateOf(transitionTo(transitions, 'published')?.epoch ?? null, dates),
    sealedAt: dateOf(deal.activeEpoch, dates),
    dealProtocolVersion: 'lotus',
    minerVersion: '',
    state: deal.state,
    live: deal.live,
    slot: shownSlot(deal),
    carId: deal.carId,
    pieceCid: piece.pieceCid,
    pieceSize: piece.pieceSize?.toString() ?? null,
    renews: deal.renews === null ? null : Number(deal.renews),
    publishCid: deal.publishCid,
    failurePhase: deal.failurePhase,
    failureReason: deal.failureReason,
    failureMessage: deal.failureMessage,
    ...terms(deal, piece, dates),
  };
}

/** Dates and costs that every receipt has. */
function terms(deal: Deal, piece: Piece, dates: Dates) {
  return {
    startEpoch: deal.startEpoch,
    startAt: dateOf(deal.startEpoch, dates),
    endEpoch: deal.endEpoch,
    endAt: dateOf(deal.endEpoch, dates),
    activeEpoch: deal.activeEpoch,
    activeAt: dateOf(deal.activeEpoch, dates),
    duration: deal.duration,
    pricePerGiBEpoch: deal.price.toString(),
    pricePerEpoch: pricePerEpoch(deal.price, piece.pieceSize ?? 0n).toString(),
    totalCost: deal.totalCost.toString(),
    totalCostFil: formatFil(deal.totalCost),
  };
}

/** `transfer` as Estuary's page reads it. */
function presentTransfer({ deal, piece, transitions }: DealView) {
  const started = transitionTo(transitions, 'transferring');
  const finished = transitionTo(transitions, 'published');
  const status = finished ? 'Completed' : started ? (deal.live ? 'Ongoing' : 'Failed') : 'Initializing';
  return {
    status,
    statusMessage: deal.failureMessage ?? status,
    sent: deal.bytesSent,
    received: 0,
    size: piece.carBytes,
    baseCid: piece.root,
    channelId: null,
    transferId: '',
    selfPeer: '',
    remotePeer: '',
    message: deal.failureMessage ?? '',
    stages: null,
  };
}

/** Lotus' words: -1 where there is nothing yet. */
function presentOnChain(deal: Deal) {
  if (deal.chainDeal === null) return null;
  const epoch = (name: string) => {
    const value = (deal.chainDeal as Record<string, Json>)[name];
    return typeof value === 'number' ? value : NOT_YET;
  };
  return {
    sectorStartEpoch: epoch('sectorStartEpoch'),
    lastUpdatedEpoch: epoch('lastUpdatedEpoch'),
    slashEpoch: epoch('slashEpoch'),
  };
}

/** Estuary's three parts of a deal's page. */
export function presentDealStatus(view: DealView, dates: Dates) {
  return { deal: presentDeal(view, dates), transfer: presentTransfer(view), onChainState: presentOnChain(view.deal) };
}

/** Estuary's dfe_records row, with a typed reason. */
export function presentFailure({ deal, piece }: DealView, contentId?: string) {
  return {
    id: Number(deal.id),
    CreatedAt: deal.updatedAt.toISOString(),
    miner: deal.miner,
    dealUuid: '',
    phase: deal.failurePhase,
    reason: deal.failureReason,
    message: deal.failureMessage,
    content: contentId === undefined ? null : Number(contentId),
    pieceCid: piece.pieceCid,
    carId: deal.carId,
    deal: Number(deal.id),
    state: deal.state,
    minerVersion: '',
    dealProtocolVersion: 'lotus',
  };
}

/** What we sent to the miner. */
export function presentProposal({ deal, piece, transitions }: DealView, dates: Dates) {
  const sent = transitionTo(transitions, 'proposed');
  return {
    proposalCid: deal.proposalCid,
    deal: Number(deal.id),
    state: deal.state,
    miner: deal.miner,
    label: piece.root,
    pieceCid: piece.pieceCid,
    pieceSize: piece.pieceSize?.toString() ?? null,
    carBytes: piece.carBytes,
    verified: deal.verified,
    proposedAt: sent?.at.toISOString() ?? null,
    proposedEpoch: sent?.epoch ?? null,
    ...terms(deal, piece, dates),
    proposal: deal.proposal,
  };
}

/** What the chain has: the names of Lotus' MarketDeal, then dates and cost. */
export function presentChainDeal({ deal, piece }: DealView, dates: Dates) {
  const chain = (deal.chainDeal ?? {}) as Record<string, Json>;
  return {
    dealId: deal.chainDealId === null ? null : Number(deal.chainDealId),
    deal: Number(deal.id),
    state: deal.state,
    publishCid: deal.publishCid,
    proposalCid: deal.proposalCid,
    Proposal: {
      PieceCID: { '/': chain['pieceCid'] ?? null },
      PieceSize: Number(chain['pieceSize'] ?? 0),
      VerifiedDeal: chain['verified'] ?? deal.verified,
      Client: chain['client'] ?? null,
      Provider: chain['provider'] ?? deal.miner,
      Label: chain['label'] ?? piece.root,
      StartEpoch: chain['startEpoch'] ?? null,
      EndEpoch: chain['endEpoch'] ?? null,
      StoragePricePerEpoch: chain['pricePerEpoch'] ?? null,
    },
    State: presentOnChain(deal) && {
      SectorStartEpoch: presentOnChain(deal)?.sectorStartEpoch,
      LastUpdatedEpoch: presentOnChain(deal)?.lastUpdatedEpoch,
      SlashEpoch: presentOnChain(deal)?.slashEpoch,
    },
    ...terms(deal, piece, dates),
    slashEpoch: deal.slashEpoch,
    slashedAt: dateOf(deal.slashEpoch, dates),
  };
}

/** Every transition, oldest first; the first line is the decision to make the deal. */
export function presentTimeline({ deal, transitions }: DealView, dates: Dates) {
  const made = {
    from: null,
    to: 'queued',
    at: deal.createdAt.toISOString(),
    epoch: null,
    epochAt: null,
    cause: deal.renews === null ? `chosen for slot ${deal.slot}` : `chosen to renew deal ${deal.renews}`,
  };
  return [
    made,
    ...transitions.map(({ from, to, at, epoch, cause }) => ({
      from,
      to,
      at: at.toISOString(),
      epoch,
      epochAt: dateOf(epoch, dates),
      cause,
    })),
  ];
}

/** Estuary's `totalFil, totalAttoFil, Asks[]`, then what they are made of. */
export function presentEstimate({ pieceSize, duration, verified, wanted, total, asks, filPrice }: Estimate) {
  return {
    totalFil: formatFil(total),
    totalAttoFil: total.toString(),
    Asks: asks.map((ask) => ({
      miner: ask.miner,
      price: ask.price.toString(),
      verifiedPrice: ask.verifiedPrice.toString(),
      minPieceSize: ask.minPieceSize.toString(),
      maxPieceSize: ask.maxPieceSize.toString(),
      cost: ask.cost.toString(),
      costFil: formatFil(ask.cost),
    })),
    pieceSize: pieceSize.toString(),
    durationBlks: duration,
    verified,
    replication: wanted,
    minersFound: asks.length,
    /** Null without a known price of FIL. */
    usd:
      filPrice === null
        ? null
        : {
            total: (Number(formatFil(total)) * Number(filPrice.usd)).toPrecision(6),
            filUsd: filPrice.usd,
            source: filPrice.source,
            ageSeconds: Math.round(filPrice.ageMs / 1000),
          },
  };
}

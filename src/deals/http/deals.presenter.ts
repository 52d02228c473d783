import type { EpochClock } from '../../chain/index.js';
import { type Epoch, formatFil, type Json, pricePerEpoch } from '../../shared/index.js';
import type { Deal, DealTransition, Piece } from '../domain/deal.js';
import { sealedDealStates } from '../domain/deal-state.js';
import type { ContentFacts } from '../store/content-deals.js';
import type { DealView } from '../store/deal-reader.js';

/** Dates of epochs, when the chain could be asked lately. */
export type Dates = Pick<EpochClock, 'toDate'> | null;

const NOT_YET = -1;

function dateOf(epoch: Epoch | null, dates: Dates): string | null {
  return epoch === null || dates === null ? null : dates.toDate(epoch).toISOString();
}

function transitionTo(transitions: readonly DealTransition[], state: string): DealTransition | undefined {
  return transitions.find(({ to }) => to === state);
}

/** Estuary's content_deals row (estuary.md 2.4) with our own fields behind it. Times of the chain come from epochs, never from polling. */
export function presentDeal({ deal, piece, transitions }: DealView, dates: Dates) {
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
    slot: deal.slot,
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

export function presentDealStatus(view: DealView, dates: Dates) {
  return { deal: presentDeal(view, dates), transfer: presentTransfer(view), onChainState: presentOnChain(view.deal) };
}

export function presentContent(content: ContentFacts) {
  return {
    id: Number(content.id),
    cid: content.cid,
    name: content.name,
    userId: content.userId,
    description: '',
    size: Number(content.size),
    type: content.type,
    state: content.state,
    active: true,
    offloaded: content.state === 'offloaded',
    hot: content.hot,
    replication: content.replication,
    profile: content.profile,
    createdAt: content.createdAt.toISOString(),
    updatedAt: content.updatedAt.toISOString(),
    pinningStatus: 'pinned',
  };
}

export function presentPiece(piece: Piece, deals: readonly DealView[]) {
  const own = deals.filter(({ deal }) => deal.carId === piece.carId).map(({ deal }) => deal);
  return {
    carId: piece.carId,
    state: piece.state,
    root: piece.root,
    carBytes: piece.carBytes,
    pieceCid: piece.pieceCid,
    pieceSize: piece.pieceSize?.toString() ?? null,
    replication: piece.replication,
    duration: piece.duration,
    verified: piece.verified,
    maxPrice: piece.maxPrice.toString(),
    activeDeals: own.filter(({ state, slot }) => sealedDealStates.includes(state) && slot < piece.replication).length,
    liveDeals: own.filter(({ live }) => live).length,
    lastError: piece.lastError,
    createdAt: piece.createdAt.toISOString(),
    committedAt: piece.committedAt?.toISOString() ?? null,
    replicatedAt: piece.replicatedAt?.toISOString() ?? null,
  };
}

/** `GET /content/status/:id`: Estuary's fields first. */
export function presentContentStatus(
  content: ContentFacts,
  pieces: readonly Piece[],
  deals: readonly DealView[],
  dates: Dates,
) {
  const shown = pieces.map((piece) => presentPiece(piece, deals));
  const replication = pieces[0]?.replication ?? content.replication;
  const active = shown.length === 0 ? 0 : Math.min(...shown.map(({ activeDeals }) => activeDeals));
  return {
    content: presentContent(content),
    deals: deals.map((view) => presentDealStatus(view, dates)),
    failuresCount: deals.filter(({ deal }) => !deal.live && deal.state !== 'ended').length,
    pieces: shown,
    /** CARs of this content that are not pieces yet: the segment is still open. */
    unsealed: content.cars.length - pieces.length,
    replication,
    progress: { active, wanted: replication, text: `${active} of ${replication}` },
  };
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

/** For everybody: where it is stored, not whose it is. */
export function presentPublicContent(
  content: ContentFacts,
  pieces: readonly Piece[],
  deals: readonly DealView[],
  dates: Dates,
) {
  const onChain = deals.filter(({ deal }) => deal.chainDealId !== null && deal.live);
  return {
    content: { cid: content.cid, root: content.root, size: Number(content.size), type: content.type, hot: content.hot },
    pieces: pieces.map(({ pieceCid, pieceSize, state }) => ({
      pieceCid,
      pieceSize: pieceSize?.toString() ?? null,
      state,
    })),
    deals: onChain.map((view) => ({
      miner: view.deal.miner,
      dealId: Number(view.deal.chainDealId),
      state: view.deal.state,
      pieceCid: view.piece.pieceCid,
      propCid: view.deal.proposalCid,
      verified: view.deal.verified,
      startEpoch: view.deal.startEpoch,
      endEpoch: view.deal.endEpoch,
      endAt: dateOf(view.deal.endEpoch, dates),
      sealedAt: dateOf(view.deal.activeEpoch, dates),
    })),
  };
}

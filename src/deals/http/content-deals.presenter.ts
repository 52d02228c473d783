import type { Piece } from '../domain/deal.js';
import { sealedDealStates } from '../domain/deal-state.js';
import type { ContentFacts } from '../store/postgres-content-cars.store.js';
import type { DealView } from '../store/postgres-deal-view.store.js';
import { type Dates, dateOf, presentDealStatus } from './deals.presenter.js';

/** Estuary's content row; `hot` and `offloaded` tell where its bytes are. */
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

/** A piece with how many of its deals are live, and how many current ones are proven. */
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
    activeDeals: own.filter(
      ({ state, slot, role }) => sealedDealStates.includes(state) && role === 'current' && slot < piece.replication,
    ).length,
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

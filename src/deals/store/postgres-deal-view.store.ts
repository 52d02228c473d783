import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { type CarId, carId, Clock, minerId, type UserId } from '../../shared/index.js';
import type { Deal, DealTransition, Holder, Piece } from '../domain/deal.js';
import type { DealState } from '../domain/deal-state.js';
import { CARS_OF_USER, FAILED_DEALS } from './deals.sql.js';
import { toDeal, toPiece } from './rows.js';

/** Whose deals are shown: those with a content of this user inside, or all. */
export interface Viewer {
  userId: UserId;
  seesAll: boolean;
}

export interface DealView {
  deal: Deal;
  piece: Piece;
  /** Oldest first. */
  transitions: DealTransition[];
}

export type DealKey = { id: bigint } | { proposalCid: string } | { chainDealId: bigint };

interface DealFigures {
  deals: Record<string, number>;
  pieces: Record<string, number>;
  /** Age of the oldest piece that still lacks deals. */
  oldestWaitingSeconds: number;
}

const WAITING = ['sealed', 'committed', 'replicating'];
const HOLDER_RANK: Record<Holder['state'], number> = { active: 0, expiring: 1, published: 2 };

/**
 * Pieces and deals for people who ask, and for rooms downstream. A deal belongs to everybody who has a content in its
 * piece. Writes nothing.
 */
@Injectable()
export class PostgresDealViewStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * The newest deal that matches and that the viewer may see; a chain id may have been used by an earlier network's
   * deal.
   */
  async find(key: DealKey, viewer: Viewer): Promise<DealView | null> {
    const rows = await this.database.deal.findMany({
      where: key,
      orderBy: { id: 'desc' },
      take: 10,
      select: { id: true, carId: true },
    });
    const visible = await this.visible(
      rows.map((row) => row.carId),
      viewer,
    );
    const found = rows.find((row) => visible.has(row.carId));
    return found ? ((await this.load([found.id]))[0] ?? null) : null;
  }

  /** Deals of these pieces, oldest first. */
  async ofPieces(carIds: readonly CarId[]): Promise<DealView[]> {
    const rows = await this.database.deal.findMany({
      where: { carId: { in: [...carIds] } },
      orderBy: { id: 'asc' },
      select: { id: true },
    });
    return this.load(rows.map(({ id }) => id));
  }

  /** What went wrong, newest first; of one content, or of all that the viewer sees. */
  async failures(
    viewer: Viewer,
    filter: { contentId?: bigint; before?: bigint | undefined; limit: number },
  ): Promise<DealView[]> {
    const userId = viewer.seesAll ? null : viewer.userId;
    const { contentId = null, before = null, limit } = filter;
    const rows = await query(this.database, FAILED_DEALS, [userId, contentId, before, limit]);
    return (await this.load(rows.map(({ id }) => id))).reverse();
  }

  /** Pieces by the ids of their CARs, oldest first. */
  async pieces(carIds: readonly CarId[]): Promise<Piece[]> {
    const rows = await this.database.piece.findMany({
      where: { carId: { in: [...carIds] } },
      orderBy: { createdAt: 'asc' },
    });
    return rows.map(toPiece);
  }

  /** Pieces that still lack something, longest waiting first. */
  async waitingPieces(limit: number): Promise<Piece[]> {
    const rows = await this.database.piece.findMany({
      where: { state: { in: WAITING } },
      orderBy: { createdAt: 'asc' },
      take: limit,
    });
    return rows.map(toPiece);
  }

  /** Miners that have, or ought to have, these pieces: the proven first. */
  async holders(carIds: readonly CarId[]): Promise<Map<CarId, Holder[]>> {
    const deals = await this.database.deal.findMany({
      where: { carId: { in: [...carIds] }, state: { in: Object.keys(HOLDER_RANK) } },
      select: { carId: true, miner: true, proposalCid: true, chainDealId: true, state: true },
      orderBy: { id: 'asc' },
    });
    const byCar = new Map<CarId, Holder[]>();
    for (const { carId: car, miner, state, ...deal } of deals) {
      const holder = { ...deal, miner: minerId(miner), state: state as Holder['state'] };
      byCar.set(carId(car), [...(byCar.get(carId(car)) ?? []), holder]);
    }
    for (const list of byCar.values()) list.sort((a, b) => HOLDER_RANK[a.state] - HOLDER_RANK[b.state]);
    return byCar;
  }

  /** Counts for metrics and the progress page. */
  async figures(): Promise<DealFigures> {
    const [deals, pieces, oldest] = await Promise.all([
      this.database.deal.groupBy({ by: ['state'], _count: true }),
      this.database.piece.groupBy({ by: ['state'], _count: true }),
      this.database.piece.findFirst({
        where: { state: { in: WAITING } },
        orderBy: { createdAt: 'asc' },
        select: { createdAt: true },
      }),
    ]);
    return {
      deals: Object.fromEntries(deals.map((row) => [row.state, row._count])),
      pieces: Object.fromEntries(pieces.map((row) => [row.state, row._count])),
      oldestWaitingSeconds: oldest ? Math.max(0, (this.clock.now().getTime() - oldest.createdAt.getTime()) / 1000) : 0,
    };
  }

  private async visible(carIds: readonly string[], viewer: Viewer): Promise<Set<string>> {
    if (viewer.seesAll || carIds.length === 0) return new Set(carIds);
    const rows = await query(this.database, CARS_OF_USER, [[...new Set(carIds)], viewer.userId]);
    return new Set(rows.map((row) => row.car_id));
  }

  /** By row id, oldest first. */
  private async load(ids: readonly bigint[]): Promise<DealView[]> {
    const rows = await this.database.deal.findMany({
      where: { id: { in: [...ids] } },
      include: { piece: true, transitions: { orderBy: { id: 'asc' } } },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ piece, transitions, ...deal }) => ({
      deal: toDeal(deal),
      piece: toPiece(piece),
      transitions: transitions.map((row) => ({ ...row, from: row.from as DealState, to: row.to as DealState })),
    }));
  }
}

import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '../../platform/prisma/index.js';
import type { CarId, UserId } from '../../shared/index.js';
import type { Deal, DealTransition, Piece } from '../domain/deal.js';
import type { DealState } from '../domain/deal-state.js';
import { toDeal, toPiece } from './rows.js';

/** Whose deals are shown: those with a content of this user inside, or all. */
export interface Viewer {
  userId: UserId;
  seesAll: boolean;
}

export interface DealView {
  deal: Deal;
  piece: Piece;
  transitions: DealTransition[];
}

export type DealKey = { id: bigint } | { proposalCid: string } | { chainDealId: bigint };

/** Finds deals for people who ask. A deal belongs to everybody who has a content in its piece, so this looks at content's tables; it never writes. */
@Injectable()
export class DealReader {
  constructor(private readonly database: Database) {}

  /** Deals that match, newest first; a chain id may have been used by an earlier network's deal. */
  async find(key: DealKey, viewer: Viewer): Promise<DealView | null> {
    const rows = await this.database.deal.findMany({
      where: key,
      orderBy: { id: 'desc' },
      take: 10,
      select: { id: true, carId: true },
    });
    const visible = await this.visible(
      rows.map(({ carId }) => carId),
      viewer,
    );
    const row = rows.find(({ carId }) => visible.has(carId));
    return row ? ((await this.load([row.id]))[0] ?? null) : null;
  }

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
    const ofContent =
      filter.contentId === undefined
        ? Prisma.empty
        : Prisma.sql`AND EXISTS (
      SELECT 1 FROM contents c JOIN runs r ON r.dag_id = c.dag_id AND r.copy = 0 WHERE c.id = ${filter.contentId} AND r.car_id = d.car_id)`;
    const seen = viewer.seesAll ? Prisma.empty : Prisma.sql`AND ${seenBy(viewer, Prisma.sql`d.car_id`)}`;
    const older = filter.before === undefined ? Prisma.empty : Prisma.sql`AND d.id < ${filter.before}`;
    const rows = await this.database.$queryRaw<{ id: bigint }[]>`
      SELECT d.id FROM deals d WHERE d.state IN ('failed', 'rejected', 'slashed') ${ofContent} ${seen} ${older} ORDER BY d.id DESC LIMIT ${filter.limit}`;
    return (await this.load(rows.map(({ id }) => id))).reverse();
  }

  private async visible(carIds: readonly string[], viewer: Viewer): Promise<Set<string>> {
    if (viewer.seesAll || carIds.length === 0) return new Set(carIds);
    const rows = await this.database.$queryRaw<{ car_id: string }[]>`
      SELECT p.car_id FROM pieces p WHERE p.car_id = ANY(${[...new Set(carIds)]}::uuid[]) AND ${seenBy(viewer, Prisma.sql`p.car_id`)}`;
    return new Set(rows.map((row) => row.car_id));
  }

  /** By row id, oldest first. */
  private async load(ids: readonly bigint[]): Promise<DealView[]> {
    const rows = await this.database.deal.findMany({
      where: { id: { in: [...ids] } },
      include: { piece: true, moves: { orderBy: { id: 'asc' } } },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ piece, moves, ...deal }) => ({
      deal: toDeal(deal),
      piece: toPiece(piece),
      transitions: moves.map((transition) => ({
        ...transition,
        from: transition.from as DealState,
        to: transition.to as DealState,
      })),
    }));
  }
}

function seenBy(viewer: Viewer, carId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM runs r JOIN contents c ON c.dag_id = r.dag_id
    WHERE r.car_id = ${carId} AND r.copy = 0 AND c.user_id = ${viewer.userId}::uuid AND c.state <> 'deleted')`;
}

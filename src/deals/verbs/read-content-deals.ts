import { Injectable } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import type { HeldRun, Piece } from '../domain/deal.js';
import { type ContentFacts, PostgresContentCarsStore } from '../store/postgres-content-cars.store.js';
import { type DealView, PostgresDealViewStore } from '../store/postgres-deal-view.store.js';

/** A content with the pieces that it lies in, and every deal over those, dead ones too. */
export interface ContentDeals {
  content: ContentFacts;
  pieces: Piece[];
  deals: DealView[];
}

/** Contents with their pieces and deals, from rows alone: a page of it is the same four queries however long it is. */
@Injectable()
export class ReadContentDeals {
  constructor(
    private readonly contentCars: PostgresContentCarsStore,
    private readonly dealViews: PostgresDealViewStore,
  ) {}

  /** Null: no such content, or it is deleted. */
  async ofContent(id: bigint): Promise<ContentDeals | null> {
    const content = await this.contentCars.content(id);
    return content === null ? null : ((await this.complete([content]))[0] ?? null);
  }

  /** Contents of a user that have deals, newest first. */
  async ofUser(
    userId: UserId,
    page: { before?: bigint | undefined; limit: number; offset: number },
  ): Promise<ContentDeals[]> {
    return this.complete(await this.contentCars.withDeals(userId, page));
  }

  /** Contents of a DAG (CIDv1 text); `userId` null: everybody's. */
  async byRoot(root: string, userId: UserId | null, limit: number): Promise<ContentDeals[]> {
    return this.complete(await this.contentCars.byRoot(root, userId, limit));
  }

  private async complete(contents: ContentFacts[]): Promise<ContentDeals[]> {
    const cars = [...new Set(contents.flatMap((content) => content.cars))];
    const [pieces, deals] = await Promise.all([this.dealViews.pieces(cars), this.dealViews.ofPieces(cars)]);
    return contents.map((content) => ({
      content,
      pieces: pieces.filter(({ carId }) => content.cars.includes(carId)),
      deals: deals.filter(({ deal }) => content.cars.includes(deal.carId)),
    }));
  }
}

/** Where the miners' copy of a DAG lies: every run of copy 0 with the deals over its piece. */
@Injectable()
export class FindHolders {
  constructor(
    private readonly contentCars: PostgresContentCarsStore,
    private readonly dealViews: PostgresDealViewStore,
  ) {}

  /** `root`: CIDv1 text. Null when no such DAG is stored. */
  async run(root: string): Promise<{ root: string; runs: HeldRun[] } | null> {
    const runs = await this.contentCars.runs(root);
    if (runs.length === 0) return null;
    const cars = [...new Set(runs.map(({ carId }) => carId))];
    const [pieces, holders] = await Promise.all([this.dealViews.pieces(cars), this.dealViews.holders(cars)]);
    const pieceOf = new Map(pieces.map((piece) => [piece.carId, piece]));
    return {
      root,
      runs: runs.map((run) => ({
        ...run,
        pieceCid: pieceOf.get(run.carId)?.pieceCid ?? null,
        pieceSize: pieceOf.get(run.carId)?.pieceSize ?? null,
        holders: holders.get(run.carId) ?? [],
      })),
    };
  }
}

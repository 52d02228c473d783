import { Injectable } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import type { Piece } from '../domain/deal.js';
import { type ContentFacts, ContentDealsQuery } from '../store/content-deals.js';
import { DealReader, type DealView } from '../store/deal-reader.js';

export interface ContentDeals {
  content: ContentFacts;
  pieces: Piece[];
  deals: DealView[];
}

/** Contents with their pieces and deals, from rows alone: a page of it is the same four queries however long it is. */
@Injectable()
export class ReadContentDeals {
  constructor(
    private readonly contents: ContentDealsQuery,
    private readonly deals: DealReader,
  ) {}

  async ofContent(id: bigint): Promise<ContentDeals | null> {
    const content = await this.contents.content(id);
    return content === null ? null : ((await this.complete([content]))[0] ?? null);
  }

  async ofUser(
    userId: UserId,
    page: { before?: bigint | undefined; limit: number; offset: number },
  ): Promise<ContentDeals[]> {
    return this.complete(await this.contents.withDeals(userId, page));
  }

  /** Contents of a DAG (CIDv1 text); `userId` null: everybody's. */
  async byRoot(root: string, userId: UserId | null, limit: number): Promise<ContentDeals[]> {
    return this.complete(await this.contents.byRoot(root, userId, limit));
  }

  private async complete(contents: ContentFacts[]): Promise<ContentDeals[]> {
    const cars = [...new Set(contents.flatMap((content) => content.cars))];
    const [pieces, deals] = await Promise.all([this.contents.pieces(cars), this.deals.ofPieces(cars)]);
    return contents.map((content) => ({
      content,
      pieces: pieces.filter(({ carId }) => content.cars.includes(carId)),
      deals: deals.filter(({ deal }) => content.cars.includes(deal.carId)),
    }));
  }
}

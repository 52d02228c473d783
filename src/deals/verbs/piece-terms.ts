import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { type Caller, DealCaps } from '../../accounts/index.js';
import { ContentNotFound } from '../../content/index.js';
import { TermsNotRaised } from '../domain/deals.errors.js';
import { PostgresContentCarsStore } from '../store/postgres-content-cars.store.js';
import { PostgresPieceStore, type RaisedTerms } from '../store/postgres-piece.store.js';
import { raisedTo } from './piece-registry.js';
import { type ContentDeals, ReadContentDeals } from './read-content-deals.js';

/** What makes the terms of existing pieces grow. Deals that are then missing are looked for at once. */
@Injectable()
export class PieceTerms {
  constructor(
    private readonly pieces: PostgresPieceStore,
    private readonly contentCars: PostgresContentCarsStore,
    private readonly readContentDeals: ReadContentDeals,
    private readonly dealCaps: DealCaps,
    private readonly config: AppConfig,
  ) {}

  /**
   * More replication, or a higher price, for a content that is stored already, within what the caller may ask for.
   * Who is not an operator raises nothing where the bytes of others are in the same piece.
   * @throws ContentNotFound, DealTermsAboveCap, TermsNotRaised
   */
  async raise(contentId: bigint, asked: RaisedTerms, caller: Pick<Caller, 'userId' | 'scope'>): Promise<ContentDeals> {
    const found = await this.readContentDeals.ofContent(contentId);
    if (found === null) throw new ContentNotFound('no such content');
    const operator = caller.scope === 'admin';
    const alone = operator ? found.content.cars : await this.contentCars.ownedAlone(found.content.cars, caller.userId);
    const pieces = found.pieces.filter((piece) => operator || (!piece.shared && alone.includes(piece.carId)));
    const caps = await this.dealCaps.of(caller);
    for (const verified of new Set(pieces.map((piece) => piece.verified))) caps.assertRaised(asked, verified);
    const raised = await this.pieces.raiseTerms(
      pieces.map(({ carId }) => carId),
      asked,
      operator,
    );
    if (raised === 0)
      throw new TermsNotRaised(
        'no piece of this content has lower terms that its owner may raise: terms only grow, ' +
          "and a piece that contents share is the operator's",
      );
    return (await this.readContentDeals.ofContent(contentId)) ?? found;
  }

  /**
   * The same bytes were stored again, perhaps with more replication than their pieces have so far. A piece that
   * contents of many share keeps its terms.
   */
  async honourReplication(contentIds: readonly bigint[]): Promise<void> {
    const wanted = await this.contentCars.replicationOf(contentIds);
    const { DEALS_REPLICATION } = this.config.values;
    const raised = [...wanted].map(([car, asked]) => [car, raisedTo(asked, DEALS_REPLICATION)] as const);
    if (raised.length > 0) await this.pieces.raiseReplication(new Map(raised));
  }

  /** The operator has raised the platform's price caps: pieces that wait for a miner at the old ones get the new. */
  async followPlatformPrice(): Promise<void> {
    const { DEALS_MAX_PRICE, DEALS_MAX_VERIFIED_PRICE } = this.config.values;
    await this.pieces.raisePlatformPrice(false, DEALS_MAX_PRICE);
    await this.pieces.raisePlatformPrice(true, DEALS_MAX_VERIFIED_PRICE);
  }
}

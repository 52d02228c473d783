import { Injectable } from '@nestjs/common';
import { type Caller, DealCaps } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { ContentNotFound } from '../../content/index.js';
import { type CarId, carId, type DealTerms, userId } from '../../shared/index.js';
import { TermsNotRaised } from '../domain/deals.errors.js';
import { PostgresContentCarsStore, type WantedReplication } from '../store/postgres-content-cars.store.js';
import { PostgresPieceStore, type RaisedTerms } from '../store/postgres-piece.store.js';
import { type ContentDeals, ReadContentDeals } from './read-content-deals.js';

/** Pieces that one sweep hands out. */
const BATCH = 500;

export interface SealedCar {
  carId: string;
  /** Root in the CAR's header. */
  root: string;
  carBytes: number;
  /** 'segment': contents of many are in it. */
  kind: 'segment' | 'single';
  /** What the uploader asked for; null: nothing. */
  terms: DealTerms | null;
  /** The only account with bytes inside; null: several. */
  userId?: string | null;
}

interface DuePiece {
  carId: CarId;
  /** Names the occasion: a piece that is due since then. */
  due: string;
}

/** Which pieces there are, and which of them have work to do. */
@Injectable()
export class PieceRegistry {
  constructor(
    private readonly pieces: PostgresPieceStore,
    private readonly contentCars: PostgresContentCarsStore,
    private readonly config: AppConfig,
  ) {}

  /**
   * A sealed CAR becomes a piece, under the terms that its uploader asked for and the platform's for the rest; one that
   * is discarded by now becomes a retired one. Idempotent, and right in any order with `retire`.
   */
  async register(car: SealedCar): Promise<void> {
    const { DEALS_REPLICATION, DEALS_DURATION, DEALS_VERIFIED, DEALS_MAX_PRICE, DEALS_MAX_VERIFIED_PRICE } =
      this.config.values;
    const verified = car.terms?.verified ?? DEALS_VERIFIED;
    const platformPrice = verified ? DEALS_MAX_VERIFIED_PRICE : DEALS_MAX_PRICE;
    const id = carId(car.carId);
    // The same bytes may have been stored again before their CAR was sealed, by somebody who wants more of it. What
    // contents of many share is the operator's, whoever stores some of it again.
    const shared = car.kind === 'segment';
    const wanted = shared ? null : await this.contentCars.wantedReplication(id);
    await this.pieces.register({
      carId: id,
      root: car.root,
      carBytes: car.carBytes,
      replication: Math.max(car.terms?.replication ?? DEALS_REPLICATION, raisedTo(wanted, DEALS_REPLICATION)),
      duration: car.terms?.duration ?? DEALS_DURATION,
      verified,
      maxPrice: car.terms?.maxPrice === undefined ? platformPrice : BigInt(car.terms.maxPrice),
      shared,
      userId: car.userId ? userId(car.userId) : null,
      ownMaxPrice: car.terms?.maxPrice !== undefined,
    });
    // The news that it is gone may have come before the news that it is sealed, and found no piece to retire.
    if (await this.contentCars.isDiscarded(id)) await this.pieces.retire(id);
  }

  /**
   * Nobody wants this piece any more: no new deals, no repairs. Deals that exist are tracked to their end. Idempotent.
   */
  async retire(id: CarId): Promise<void> {
    await this.pieces.retire(id);
  }

  /** What the rows say has to be done now, whatever the queue remembers: commP to compute, deals to make. */
  async due(): Promise<{ commit: DuePiece[]; replicate: DuePiece[] }> {
    const due = await this.pieces.due(BATCH);
    const those = (sealed: boolean) =>
      due
        .filter(({ state }) => (state === 'sealed') === sealed)
        .map(({ carId: id, nextCheckAt }) => ({ carId: id, due: nextCheckAt.getTime().toString(36) }));
    return { commit: those(true), replicate: those(false) };
  }
}

/**
 * The replication that contents of one CAR may raise it to: those of one account to what it asked for (its own caps
 * were looked at when it did), those of several to the platform's and no further: nobody spends through another's piece.
 */
export function raisedTo(wanted: WantedReplication | null, platform: number): number {
  if (wanted === null) return 0;
  return wanted.accounts > 1 ? Math.min(wanted.most, platform) : wanted.most;
}

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
      pieces.map((piece) => piece.carId),
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

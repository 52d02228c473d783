import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { type DealTerms, type CarId, carId, userId } from '../../shared/index.js';
import { PostgresContentCarsStore, type WantedReplication } from '../store/postgres-content-cars.store.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';

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

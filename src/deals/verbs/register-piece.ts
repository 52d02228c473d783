import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import type { DealTerms } from '../../content/index.js';
import { carId } from '../../shared/index.js';
import { PieceStore } from '../store/piece-store.js';
import { PieceTerms } from '../store/piece-terms.js';

export interface SealedCar {
  carId: string;
  root: string;
  carBytes: number;
  terms: DealTerms | null;
}

/** A sealed CAR becomes a piece, under the terms that its uploader asked for and the platform's for the rest. Idempotent. */
@Injectable()
export class RegisterPiece {
  constructor(
    private readonly pieces: PieceStore,
    private readonly asked: PieceTerms,
    private readonly config: AppConfig,
  ) {}

  async run(car: SealedCar): Promise<void> {
    const { DEALS_REPLICATION, DEALS_DURATION, DEALS_VERIFIED, DEALS_MAX_PRICE, DEALS_MAX_VERIFIED_PRICE } =
      this.config.values;
    const verified = car.terms?.verified ?? DEALS_VERIFIED;
    const platformPrice = verified ? DEALS_MAX_VERIFIED_PRICE : DEALS_MAX_PRICE;
    const id = carId(car.carId);
    // The same bytes may have been stored again before their CAR was sealed, by somebody who wants more of it.
    const wanted = await this.asked.wantedReplication(id);
    await this.pieces.register({
      carId: id,
      root: car.root,
      carBytes: car.carBytes,
      replication: Math.max(car.terms?.replication ?? DEALS_REPLICATION, wanted),
      duration: car.terms?.duration ?? DEALS_DURATION,
      verified,
      maxPrice: car.terms?.maxPrice === undefined ? platformPrice : BigInt(car.terms.maxPrice),
    });
  }
}

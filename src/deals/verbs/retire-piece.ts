import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import { PieceStore } from '../store/piece-store.js';

/** Nobody wants this piece any more: no new deals, no repairs. Deals that exist are tracked to their end. Idempotent. */
@Injectable()
export class RetirePiece {
  constructor(private readonly pieces: PieceStore) {}

  async run(carId: CarId): Promise<void> {
    await this.pieces.retire(carId);
  }
}

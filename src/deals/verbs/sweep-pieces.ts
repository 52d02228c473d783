import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import { PieceStore } from '../store/piece-store.js';

const BATCH = 500;

export interface DuePiece {
  carId: CarId;
  /** Names the occasion: a piece that is due since then. */
  due: string;
}

/** What the rows say has to be done now, whatever the queue remembers. */
@Injectable()
export class SweepPieces {
  constructor(private readonly pieces: PieceStore) {}

  async run(): Promise<{ commit: DuePiece[]; replicate: DuePiece[] }> {
    const due = await this.pieces.due(BATCH);
    const those = (sealed: boolean) =>
      due
        .filter(({ state }) => (state === 'sealed') === sealed)
        .map(({ carId, checkAt }) => ({ carId, due: checkAt.getTime().toString(36) }));
    return { commit: those(true), replicate: those(false) };
  }
}

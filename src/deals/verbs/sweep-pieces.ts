import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import { PieceStore } from '../store/piece-store.js';

const BATCH = 500;

/** What the rows say has to be done now, whatever the queue remembers. */
@Injectable()
export class SweepPieces {
  constructor(private readonly pieces: PieceStore) {}

  async run(): Promise<{ commit: CarId[]; replicate: CarId[] }> {
    const due = await this.pieces.due(BATCH);
    const idsIn = (sealed: boolean) => due.filter(({ state }) => (state === 'sealed') === sealed).map(({ carId }) => carId);
    return { commit: idsIn(true), replicate: idsIn(false) };
  }
}

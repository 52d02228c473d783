import { Injectable } from '@nestjs/common';
import type { HeldRun } from '../domain/deal.js';
import { PostgresContentCarsStore } from '../store/postgres-content-cars.store.js';
import { PostgresDealViewStore } from '../store/postgres-deal-view.store.js';

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

import { Injectable } from '@nestjs/common';
import { CarFiles } from '../../storage/index.js';
import type { CommittedPiece, Deal } from '../domain/deal.js';
import { sealedDealStates } from '../domain/deal-state.js';
import { PieceSource } from '../ports/piece.port.js';

/** Sees to it that the CAR of a piece is on this node: a repair of an offloaded piece first fetches it from a miner that holds it. */
@Injectable()
export class EnsurePieceLocal {
  constructor(
    private readonly files: CarFiles,
    private readonly source: PieceSource,
  ) {}

  /** Path of the file. */
  async run(piece: CommittedPiece, live: readonly Deal[], signal: AbortSignal): Promise<string> {
    if ((await this.files.sizeOf(piece.carId)) !== piece.carBytes) {
      const rank = (deal: Deal) => (sealedDealStates.includes(deal.state) ? 0 : 1);
      const holders = live
        .filter((deal) => deal.state === 'published' || rank(deal) === 0)
        .sort((a, b) => rank(a) - rank(b))
        .flatMap(({ miner, proposalCid, chainDealId }) =>
          proposalCid === null ? [] : [{ miner, proposalCid, chainDealId }],
        );
      const { carId, pieceCid, pieceSize, carBytes, root } = piece;
      await this.source.retrieve({ carId, pieceCid, pieceSize, carBytes, root, holders }, signal);
    }
    return this.files.pathOf(piece.carId);
  }
}

import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, type Tx } from '../../platform/prisma/index.js';
import { type CarId, Clock } from '../../shared/index.js';
import type { Piece } from '../domain/deal.js';
import { pieceCommitted } from '../domain/deals.events.js';
import { type PieceRow, toPiece } from './rows.js';
import type { PieceCommitment } from '../ports/piece-hasher.port.js';

export type NewPiece = Pick<
  Piece,
  'carId' | 'root' | 'carBytes' | 'replication' | 'duration' | 'verified' | 'maxPrice'
>;

/** The table `pieces`. `check_at` is both when a sweep must look again and, while somebody works, the end of their lease. */
@Injectable()
export class PieceStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** A piece that is known already stays as it is. */
  async register(piece: NewPiece): Promise<void> {
    const now = this.clock.now();
    await this.database.piece.createMany({
      data: [
        {
          ...piece,
          carBytes: BigInt(piece.carBytes),
          maxPrice: piece.maxPrice.toString(),
          checkAt: now,
          createdAt: now,
        },
      ],
      skipDuplicates: true,
    });
  }

  async find(carId: CarId): Promise<Piece | null> {
    const row = await this.database.piece.findUnique({ where: { carId } });
    return row ? toPiece(row) : null;
  }

  /** Takes a due piece for `leaseMs`; null when another worker has it or it is not due. */
  async claim(carId: CarId, states: Piece['state'][], leaseMs: number): Promise<Piece | null> {
    const now = this.clock.now();
    const rows = await this.database.piece.updateManyAndReturn({
      where: { carId, state: { in: states }, checkAt: { lte: now } },
      data: { checkAt: new Date(now.getTime() + leaseMs) },
    });
    return rows[0] ? toPiece(rows[0]) : null;
  }

  /** Still at it. A piece that something made due meanwhile stays due. */
  async extend(carId: CarId, leaseMs: number): Promise<void> {
    const now = this.clock.now();
    await this.database.piece.updateMany({
      where: { carId, checkAt: { gt: now } },
      data: { checkAt: new Date(now.getTime() + leaseMs) },
    });
  }

  async due(limit: number): Promise<Piece[]> {
    const rows = await this.database.piece.findMany({
      where: { state: { not: 'retired' }, checkAt: { lte: this.clock.now() } },
      orderBy: { checkAt: 'asc' },
      take: limit,
    });
    return rows.map(toPiece);
  }

  /** sealed -> committed, announced in the same transaction. False when it is no longer sealed. */
  async commit(piece: Piece, { pieceCid, pieceSize }: PieceCommitment, ms: number): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const { count } = await tx.piece.updateMany({
        where: { carId: piece.carId, state: 'sealed' },
        data: { state: 'committed', pieceCid, pieceSize, committedAt: now, checkAt: now, lastError: null },
      });
      if (count === 1)
        await this.outbox.add(tx, pieceCommitted, {
          carId: piece.carId,
          pieceCid,
          pieceSize: pieceSize.toString(),
          ms,
        });
      return count === 1;
    });
  }

  async commitFailed(carId: CarId, reason: string, againAt: Date): Promise<void> {
    await this.database.piece.updateMany({
      where: { carId, state: 'sealed' },
      data: { commpAttempts: { increment: 1 }, lastError: reason, checkAt: againAt },
    });
  }

  /** Look again then. Never later than something else asked for meanwhile. */
  async defer(carId: CarId, againAt: Date, lastError: string | null): Promise<void> {
    await this.database.piece.updateMany({
      where: { carId, checkAt: { gt: this.clock.now() } },
      data: { checkAt: againAt },
    });
    await this.database.piece.updateMany({ where: { carId }, data: { lastError } });
  }

  async makeDue(carId: CarId): Promise<void> {
    await this.database.piece.updateMany({ where: { carId }, data: { checkAt: this.clock.now() } });
  }

  async retire(carId: CarId): Promise<void> {
    await this.database.piece.updateMany({ where: { carId, state: { not: 'retired' } }, data: { state: 'retired' } });
  }
}

/** Holds the piece's row to the end of the transaction: whoever changes a piece's deals comes one after the other. */
export async function lockPiece(tx: Tx, carId: string): Promise<Piece | null> {
  await tx.$queryRaw`SELECT 1 FROM pieces WHERE car_id = ${carId}::uuid FOR NO KEY UPDATE`;
  const row: PieceRow | null = await tx.piece.findUnique({ where: { carId } });
  return row ? toPiece(row) : null;
}

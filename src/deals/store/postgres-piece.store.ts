import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, type Tx } from '../../platform/prisma/index.js';
import { type AttoFil, type CarId, Clock } from '../../shared/index.js';
import type { Piece } from '../domain/deal.js';
import { pieceCommitted } from '../domain/deals.events.js';
import { type PieceRow, toPiece } from './rows.js';
import type { PieceCommitment } from '../ports/piece.port.js';

/** Key of the table `settings`. */
const DEAL_MAKING = 'dealmaking.enabled';

export type NewPiece = Pick<
  Piece,
  'carId' | 'root' | 'carBytes' | 'replication' | 'duration' | 'verified' | 'maxPrice'
>;

/** Terms that may grow after a piece was made. */
export interface RaisedTerms {
  replication?: number | undefined;
  /** attoFIL per GiB per epoch. */
  maxPrice?: AttoFil | undefined;
}

/**
 * The table `pieces`, and the switch that stops deals for all of them. `check_at` is both when a sweep must look again and, while somebody works, the end of their lease.
 * Terms never shrink: somebody else may count on them.
 */
@Injectable()
export class PostgresPieceStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** A new piece, sealed and due at once. One that is known already stays as it is. */
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

  /** Null: no such piece. */
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

  /** Pieces that a worker has to look at, the longest due first. */
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

  /** commP could not be computed: the reason is kept for people, and the next try is at `againAt`. No effect once it is committed. */
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

  /** No new deals, no repairs; deals that exist are tracked to their end. Idempotent. */
  async retire(carId: CarId): Promise<void> {
    await this.database.piece.updateMany({ where: { carId, state: { not: 'retired' } }, data: { state: 'retired' } });
  }

  /** Whether new deals are made at all. Kept in the database: it survives restarts and holds for every process. On unless switched off. */
  async isDealMakingOn(): Promise<boolean> {
    const setting = await this.database.setting.findUnique({ where: { key: DEAL_MAKING } });
    return setting?.value !== false;
  }

  /** Switching on makes every piece that waits due again. */
  async switchDealMaking(enabled: boolean): Promise<void> {
    const now = this.clock.now();
    await this.database.$transaction([
      this.database.setting.upsert({
        where: { key: DEAL_MAKING },
        create: { key: DEAL_MAKING, value: enabled, updatedAt: now },
        update: { value: enabled, updatedAt: now },
      }),
      this.database.piece.updateMany({
        where: { state: { in: enabled ? ['committed', 'replicating'] : [] } },
        data: { checkAt: now },
      }),
    ]);
  }

  /** How many pieces got better terms; those of shared segments stay as they are unless `shared`. A piece with more to do is due. */
  async raiseTerms(
    carIds: readonly CarId[],
    { replication = 0, maxPrice = 0n }: RaisedTerms,
    shared: boolean,
  ): Promise<number> {
    return this.database.$executeRaw`
      UPDATE pieces p SET replication = greatest(p.replication, ${replication}::smallint), max_price = greatest(p.max_price, ${maxPrice.toString()}::numeric), check_at = ${this.clock.now()},
        state = CASE WHEN p.state = 'replicated' AND p.replication < ${replication} THEN 'replicating' ELSE p.state END
      FROM cars c WHERE c.id = p.car_id AND p.car_id = ANY(${[...carIds]}::uuid[]) AND (${shared} OR c.kind <> 'segment')
        AND p.state <> 'retired' AND (p.replication < ${replication} OR p.max_price < ${maxPrice.toString()}::numeric)`;
  }

  /** How many pieces got more replication. */
  async raiseReplication(wanted: ReadonlyMap<CarId, number>): Promise<number> {
    return this.database.$executeRaw`
      UPDATE pieces p SET replication = w.replication, check_at = ${this.clock.now()}, state = CASE WHEN p.state = 'replicated' THEN 'replicating' ELSE p.state END
      FROM unnest(${[...wanted.keys()]}::uuid[], ${[...wanted.values()]}::smallint[]) AS w (car_id, replication)
      WHERE p.car_id = w.car_id AND p.replication < w.replication AND p.state <> 'retired'`;
  }

  /** Pieces that nobody gave a cap of their own follow the platform's when it rises. How many did. */
  async raisePlatformPrice(verified: boolean, maxPrice: AttoFil): Promise<number> {
    return this.database.$executeRaw`
      UPDATE pieces p SET max_price = ${maxPrice.toString()}::numeric, check_at = ${this.clock.now()}
      FROM cars c WHERE c.id = p.car_id AND NOT coalesce(c.terms, '{}'::jsonb) ? 'maxPrice' AND p.verified = ${verified} AND p.max_price < ${maxPrice.toString()}::numeric AND p.state <> 'retired'`;
  }
}

/** Holds the piece's row to the end of the transaction: whoever changes a piece's deals comes one after the other. */
export async function lockPiece(tx: Tx, carId: string): Promise<Piece | null> {
  await tx.$queryRaw`SELECT 1 FROM pieces WHERE car_id = ${carId}::uuid FOR NO KEY UPDATE`;
  const row: PieceRow | null = await tx.piece.findUnique({ where: { carId } });
  return row ? toPiece(row) : null;
}

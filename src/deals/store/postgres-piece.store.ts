import { Injectable } from '@nestjs/common';
import { type Lease, Leases } from '../../platform/leases/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, query, type Tx } from '../../platform/prisma/index.js';
import { Settings } from '../../platform/settings/index.js';
import { type AttoFil, type CarId, Clock } from '../../shared/index.js';
import type { Piece } from '../domain/deal.js';
import { pieceCommitted } from '../domain/deals.events.js';
import type { PieceCommitment } from '../ports/piece.port.js';
import { LOCK_PIECE, RAISE_PLATFORM_PRICE, RAISE_REPLICATION, RAISE_TERMS } from './deals.sql.js';
import { type PieceRow, toPiece } from './rows.js';

/** Key of the platform's settings. */
const DEAL_MAKING = 'dealmaking.enabled';

type NewPiece = Pick<
  Piece,
  | 'carId'
  | 'root'
  | 'carBytes'
  | 'replication'
  | 'duration'
  | 'verified'
  | 'maxPrice'
  | 'shared'
  | 'ownMaxPrice'
  | 'userId'
>;

/** A piece that its holder works on alone. */
interface PieceLease {
  piece: Piece;
  lease: Lease;
}

/** Terms that may grow after a piece was made. */
export interface RaisedTerms {
  replication?: number | undefined;
  /** attoFIL per GiB per epoch. */
  maxPrice?: AttoFil | undefined;
}

/**
 * The table `pieces`, and the switch that stops deals for all of them. A worker claims a piece before it works on it
 * (platform/leases); who wants a piece looked at sets `next_check_at`, leased or not.
 * Terms never shrink: somebody else may count on them.
 */
@Injectable()
export class PostgresPieceStore {
  private readonly toCommit: Leases;
  private readonly toReplicate: Leases;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    const table = { table: 'pieces', key: 'car_id', keyType: 'uuid' } as const;
    this.toCommit = new Leases({ ...table, condition: "state = 'sealed'" }, clock);
    this.toReplicate = new Leases(
      { ...table, condition: "state IN ('committed', 'replicating', 'replicated')" },
      clock,
    );
  }

  /** A new piece, sealed and due at once. One that is known already stays as it is. */
  async register(piece: NewPiece): Promise<void> {
    const now = this.clock.now();
    const data = {
      ...piece,
      carBytes: BigInt(piece.carBytes),
      maxPrice: piece.maxPrice.toString(),
      nextCheckAt: now,
      createdAt: now,
    };
    await this.database.piece.createMany({ data: [data], skipDuplicates: true });
  }

  /** Null: no such piece. */
  async find(carId: CarId): Promise<Piece | null> {
    const row = await this.database.piece.findUnique({ where: { carId } });
    return row ? toPiece(row) : null;
  }

  /** Pieces that a worker has to look at, the longest due first. */
  async due(limit: number): Promise<Piece[]> {
    const now = this.clock.now();
    const rows = await this.database.piece.findMany({
      where: {
        state: { not: 'retired' },
        nextCheckAt: { lte: now },
        OR: [{ leaseUntil: null }, { leaseUntil: { lte: now } }],
      },
      orderBy: { nextCheckAt: 'asc' },
      take: limit,
    });
    return rows.map(toPiece);
  }

  /** A due piece without commP; null when another worker has it, or it is not due or not sealed. */
  async claimToCommit(carId: CarId, leaseMs: number): Promise<PieceLease | null> {
    return this.claimed(carId, await this.toCommit.claim(this.database, carId, leaseMs));
  }

  /** A due piece that may lack deals; null when another worker has it, or it is not due or has no commP. */
  async claimToReplicate(carId: CarId, leaseMs: number): Promise<PieceLease | null> {
    return this.claimed(carId, await this.toReplicate.claim(this.database, carId, leaseMs));
  }

  /** Still at it, for so long from now. False: the lease is lost. */
  async extend(lease: Lease, leaseMs: number): Promise<boolean> {
    return (await this.toCommit.extend(this.database, [lease], leaseMs)).length === 0;
  }

  /** sealed -> committed, announced in the same transaction; due for deals. @throws LeaseLost */
  async commit({ piece, lease }: PieceLease, { pieceCid, pieceSize }: PieceCommitment, ms: number): Promise<void> {
    const now = this.clock.now();
    const { carId } = piece;
    await this.database.transaction(async (tx) => {
      await this.toCommit.assertHeld(tx, lease);
      const { count } = await tx.piece.updateMany({
        where: { carId, state: 'sealed' },
        data: { state: 'committed', pieceCid, pieceSize, committedAt: now, lastError: null },
      });
      await this.toCommit.release(tx, lease, now);
      if (count === 1)
        await this.outbox.add(tx, pieceCommitted, { carId, pieceCid, pieceSize: pieceSize.toString(), ms });
    });
  }

  /**
   * commP could not be computed: the reason is kept for people, and the next try is at `againAt`. No effect when the
   * lease is lost.
   */
  async commitFailed({ piece, lease }: PieceLease, reason: string, againAt: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.toCommit.release(tx, lease, againAt))) return;
      await tx.piece.updateMany({
        where: { carId: piece.carId, state: 'sealed' },
        data: { commpAttempts: { increment: 1 }, lastError: reason },
      });
    });
  }

  /**
   * Ends the lease; the piece is due again at `againAt`, or earlier when something asked for it meanwhile.
   * `lastError`: what people read while it waits. No effect when the lease is lost.
   */
  async release({ piece, lease }: PieceLease, againAt: Date, lastError: string | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (await this.toReplicate.release(tx, lease, againAt))
        await tx.piece.update({ where: { carId: piece.carId }, data: { lastError } });
    });
  }

  /** No new deals, no repairs; deals that exist are tracked to their end. Idempotent. */
  async retire(carId: CarId): Promise<void> {
    await this.database.piece.updateMany({ where: { carId, state: { not: 'retired' } }, data: { state: 'retired' } });
  }

  /**
   * Whether new deals are made at all. Kept in the database: it survives restarts and holds for every process. On
   * unless switched off.
   */
  async isDealMakingOn(): Promise<boolean> {
    return (await this.settings.get(DEAL_MAKING)) !== false;
  }

  /** Switching on makes every piece that waits due again. */
  async switchDealMaking(enabled: boolean): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.settings.set(tx, DEAL_MAKING, enabled);
      if (enabled) await this.wakeWaiting(tx);
    });
  }

  /** Every piece that lacks deals is due now. */
  async wakeWaiting(place: Tx | Database = this.database): Promise<void> {
    await place.piece.updateMany({
      where: { state: { in: ['committed', 'replicating'] } },
      data: { nextCheckAt: this.clock.now() },
    });
  }

  /** How many pieces got better terms; shared ones stay as they are unless `shared`. A piece with more to do is due. */
  async raiseTerms(
    carIds: readonly CarId[],
    { replication = 0, maxPrice = 0n }: RaisedTerms,
    shared: boolean,
  ): Promise<number> {
    return execute(this.database, RAISE_TERMS, [carIds, replication, maxPrice.toString(), shared, this.clock.now()]);
  }

  /** How many pieces got more replication. */
  async raiseReplication(wanted: ReadonlyMap<CarId, number>): Promise<number> {
    const values = [[...wanted.keys()], [...wanted.values()], this.clock.now()] as const;
    return execute(this.database, RAISE_REPLICATION, [...values]);
  }

  /** Pieces that nobody gave a cap of their own follow the platform's when it rises. How many did. */
  async raisePlatformPrice(verified: boolean, maxPrice: AttoFil): Promise<number> {
    return execute(this.database, RAISE_PLATFORM_PRICE, [verified, maxPrice.toString(), this.clock.now()]);
  }

  private async claimed(carId: CarId, lease: Lease | null): Promise<PieceLease | null> {
    const piece = lease && (await this.find(carId));
    return lease && piece && { lease, piece };
  }
}

/**
 * Holds the piece's row to the end of the transaction: whoever changes a piece's deals comes one after the other. Null:
 * no such piece.
 */
export async function lockPiece(tx: Tx, carId: string): Promise<Piece | null> {
  await query(tx, LOCK_PIECE, [carId]);
  const row: PieceRow | null = await tx.piece.findUnique({ where: { carId } });
  return row ? toPiece(row) : null;
}

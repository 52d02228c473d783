import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { type CarId, carId, type UserId } from '../../shared/index.js';
import type { DagRun } from '../domain/deal.js';
import {
  CARS_WITH_OTHERS,
  CONTENT,
  type ContentRow,
  CONTENTS_OF_ROOT,
  CONTENTS_WITH_DEALS,
  IS_DISCARDED,
  OFFLOADABLE_CONTENTS,
  REPLICATION_OF_CAR,
  REPLICATION_OF_CONTENTS,
  RUNS_OF_ROOT,
} from './deals.sql.js';

/** A content as far as this room shows it. */
export interface ContentFacts extends Omit<ContentRow, 'cars'> {
  /** CARs of copy 0: the pieces that miners hold. */
  cars: CarId[];
}

/** What contents of one CAR ask for. */
export interface WantedReplication {
  /** The most that one of them asks for. */
  most: number;
  /** How many accounts have a content in the CAR. */
  accounts: number;
}

/**
 * Which contents lie in which CARs: asks content and storage by the SQL functions that they offer, and joins this
 * room's tables. Writes nothing.
 */
@Injectable()
export class PostgresContentCarsStore {
  constructor(private readonly database: Database) {}

  /** Null: no such content, or it is deleted. */
  async content(id: bigint): Promise<ContentFacts | null> {
    const [row] = await query(this.database, CONTENT, [id]);
    return row ? factsOf(row) : null;
  }

  /** Newest first; only those whose pieces have deals. */
  async withDeals(
    userId: UserId,
    { before, limit, offset }: { before?: bigint | undefined; limit: number; offset: number },
  ): Promise<ContentFacts[]> {
    return (await query(this.database, CONTENTS_WITH_DEALS, [userId, before ?? null, limit, offset])).map(factsOf);
  }

  /** Contents of a DAG (CIDv1 text), newest first; `userId` null: everybody's. */
  async byRoot(root: string, userId: UserId | null, limit: number): Promise<ContentFacts[]> {
    return (await query(this.database, CONTENTS_OF_ROOT, [root, userId, limit])).map(factsOf);
  }

  /** Contents whose every piece has all its deals proven: they could leave this node. Largest first. */
  async offloadable(limit: number): Promise<ContentFacts[]> {
    return (await query(this.database, OFFLOADABLE_CONTENTS, [limit])).map(factsOf);
  }

  /** For each CAR of these contents that is a piece of its own: what they ask for at most, and how many accounts do. */
  async replicationOf(contentIds: readonly bigint[]): Promise<Map<CarId, WantedReplication>> {
    const rows = await query(this.database, REPLICATION_OF_CONTENTS, [contentIds]);
    return new Map(rows.map(({ car_id, ...wanted }) => [carId(car_id), wanted]));
  }

  /** What the contents of a CAR ask for at most; null when it has none. */
  async wantedReplication(car: CarId): Promise<WantedReplication | null> {
    const [row] = await query(this.database, REPLICATION_OF_CAR, [car]);
    return row === undefined || row.most === null ? null : { most: row.most, accounts: row.accounts };
  }

  /** Those of the CARs that hold a content of this account alone. */
  async ownedAlone(cars: readonly CarId[], userId: UserId): Promise<CarId[]> {
    const others = new Set((await query(this.database, CARS_WITH_OTHERS, [cars, userId])).map((row) => row.car_id));
    return cars.filter((car) => !others.has(car));
  }

  /** Whether nobody wants the CAR any more; false for one that storage does not know. */
  async isDiscarded(car: CarId): Promise<boolean> {
    const [row] = await query(this.database, IS_DISCARDED, [car]);
    return row?.discarded ?? false;
  }

  /** Where the miners' copy of a DAG lies, in order; empty when no such DAG is stored. */
  async runs(root: string): Promise<DagRun[]> {
    const rows = await query(this.database, RUNS_OF_ROOT, [root]);
    return rows.map((row) => ({
      ...row,
      carId: carId(row.carId),
      offset: Number(row.offset),
      length: Number(row.length),
    }));
  }
}

function factsOf({ cars, ...row }: ContentRow): ContentFacts {
  return { ...row, cars: cars.map(carId) };
}

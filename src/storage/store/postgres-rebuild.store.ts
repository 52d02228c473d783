import { Injectable } from '@nestjs/common';
import { Database, execute, json, query } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import type { CarId } from '../../shared/index.js';
import { placeOf, type CarKind } from '../domain/car.js';
import { ADD_CARS, COMMIT_DAGS, SEAL_CARS } from './rebuild.sql.js';

/** A CAR as its file says; `root` null: it was not finished, and is open again. */
export interface RebuiltCar {
  id: CarId;
  kind: CarKind;
  root: string | null;
  bytes: number;
  deadBytes: number;
}

export interface RebuiltDag {
  /** CIDv1 text. */
  root: string;
  size: number;
  /** Of its blocks. */
  storedBytes: number;
  carBytes: number;
  blocks: number;
  runs: readonly { carId: CarId; seq: number; offset: number; length: number }[];
}

/** Rows again of CARs, DAGs and runs that the database had lost. */
@Injectable()
export class PostgresRebuildStore {
  constructor(
    private readonly database: Database,
    private readonly node: NodeIdentity,
  ) {}

  /**
   * One transaction: the CARs with their copies here, and the DAGs in them. A root that is hot already keeps the runs
   * that it has.
   */
  async keep(cars: readonly RebuiltCar[], dags: readonly RebuiltDag[]): Promise<void> {
    const batch = {
      // Each was followed from its root to its last leaf.
      dags: dags.map((dag, n) => ({ ...dag, n, whole: true })),
      cars: cars.map(({ id, bytes }) => ({ id, bytes, seal: null })),
      dead: [],
    };
    await this.database.transaction(
      async (tx) => {
        await execute(tx, ADD_CARS, [json(cars), this.node.processName('api'), placeOf(this.node.id)]);
        await query(tx, COMMIT_DAGS, [json(batch)]);
        await execute(tx, SEAL_CARS, [json(cars)]);
      },
      { timeout: 600_000 },
    );
  }
}

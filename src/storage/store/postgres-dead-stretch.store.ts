import { Injectable } from '@nestjs/common';
import { Database, execute, json, query, type Tx } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId, type CarId } from '../../shared/index.js';
import { placeOf } from '../domain/car.js';
import { uncovered, type Stretch } from '../domain/run-coverage.js';
import { LOCK_COPY } from './copy.sql.js';
import { HOT_RUNS_OVER } from './dag.sql.js';
import { ADD_DEAD, CARS_WITH_DEAD, DEAD_IN, FORGET_DEAD } from './dead-stretch.sql.js';

/** What is to be done with bytes that their rows gave up. */
export interface DeadBytes {
  /** The copy here is given up as a whole: its file may go. */
  isGone: boolean;
  /** Of a file that stays: what no hot DAG covers now. */
  stretches: Stretch[];
}

/**
 * Bytes that nobody may read any more, and that are still in the block index: written in the transaction that gives them
 * up, gone when they are hidden. What a crash leaves between the two is done at the next start, before anything is
 * served.
 */
@Injectable()
export class PostgresDeadStretchStore {
  constructor(
    private readonly database: Database,
    private readonly node: NodeIdentity,
  ) {}

  /** Within the transaction of a removal, before the copies of the CAR are given up. The CAR is locked. */
  async add(tx: Tx, id: CarId, stretches: readonly Stretch[]): Promise<void> {
    if (stretches.length > 0) await execute(tx, ADD_DEAD, [id, textOf(stretches)]);
  }

  async cars(): Promise<CarId[]> {
    const rows = await query(this.database, CARS_WITH_DEAD, [placeOf(this.node.id)]);
    return rows.map(({ id }) => carId(id));
  }

  /**
   * Has what is dead in a CAR hidden, under the CAR's lock: neither a removal nor a return of its copy comes between.
   * May be repeated: what is alive again meanwhile is not among it.
   */
  async settle(id: CarId, hide: (dead: DeadBytes) => Promise<void>): Promise<void> {
    await this.database.transaction(
      async (tx) => {
        const place = placeOf(this.node.id);
        const [car] = await query(tx, LOCK_COPY, [id, place]);
        const rows = await query(tx, DEAD_IN, [id, place]);
        if (rows.length === 0) return;
        const dead = rows.map(({ offset, length }) => ({ offset: Number(offset), length: Number(length) }));
        const isGone = !car || car.car === 'discarded' || car.copy === null || car.copy === 'gone';
        await hide({ isGone, stretches: isGone ? [] : uncovered(dead, await hotRunsOver(tx, id, dead)) });
        await execute(tx, FORGET_DEAD, [rows.map((row) => row.id)]);
      },
      { timeout: 600_000 },
    );
  }
}

/** Runs of hot DAGs in a CAR that touch any of these stretches. */
export async function hotRunsOver(tx: Tx, id: CarId, stretches: readonly Stretch[]): Promise<Stretch[]> {
  const from = Math.min(...stretches.map(({ offset }) => offset));
  const to = Math.max(...stretches.map(({ offset, length }) => offset + length));
  const rows = await query(tx, HOT_RUNS_OVER, [id, from, to]);
  return rows.map(({ offset, length }) => ({ offset: Number(offset), length: Number(length) }));
}

function textOf(stretches: readonly Stretch[]): string {
  return json(stretches.map(({ offset, length }) => ({ offset, length })));
}

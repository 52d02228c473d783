import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, query, type Tx } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId, type CarId } from '../../shared/index.js';
import { placeOf, READABLE_COPIES } from '../domain/car.js';
import { NOTHING_RECLAIMABLE, type ReclaimableBytes } from '../domain/run-coverage.js';
import { coveredBytes, uncovered, type Stretch } from '../domain/run-coverage.js';
import { NotOffloadable } from '../domain/storage.errors.js';
import { carGone, dagGone } from '../domain/storage.events.js';
import { DagReferences, type NewRun } from '../ports/dag-references.port.js';
import type { DagRun, StoredDag } from '../ports/dag-store.port.js';
import { DISCARD_CARS, LEAVE_NODES, LOOK_AGAIN, VERIFY_COPIES } from './car.sql.js';
import { hotRunsOver, PostgresDeadStretchStore } from './postgres-dead-stretch.store.js';
import { END_FINDINGS } from './damage.sql.js';
import { ADD_TRIM_OF, ADD_TRIMS, DUE_TRIMS, FORGET_TRIMS, FORGET_TRIMS_OF, POSTPONE_TRIMS } from './trim.sql.js';
import { CAR_USE, LOCK_CARS_OF, LOCK_DAG, LOCK_DAG_FOR_COPY, LOCK_HOT_DAG } from './dag.sql.js';

/** What of its runs is a DAG's own. */
export interface OwnPart {
  runs: readonly DagRun[];
  /** As in its quota. */
  storedBytes: number;
  /** Of the sections. */
  carBytes: number;
  blocks: number;
}

export interface DueTrim {
  dagId: bigint;
  /** CIDv1 text. */
  root: string;
  /** Payload bytes, as its root says. */
  size: number;
  /** The rows that ask for it. */
  trims: readonly bigint[];
}

interface DagCar {
  id: CarId;
  state: string;
  hot: boolean;
  bytes: number;
  /** The DAG's own stretches of it. */
  own: Stretch[];
}

/**
 * Rows of DAGs and of their runs: where each stored DAG lies. They come by `commit_dags` (commit-dags.sql). The row of
 * a DAG is the lock of everything that happens to it; its CARs are locked next, in the order of their ids, before their
 * runs are touched (as in sealing). So commits, removals, restores and sealings take turns.
 */
@Injectable()
export class PostgresDagStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    readonly references: DagReferences,
    private readonly dead: PostgresDeadStretchStore,
    private readonly node: NodeIdentity,
  ) {}

  /** Hot or offloaded; null when it never was here, or its last reference is gone. */
  async find(root: string): Promise<StoredDag | null> {
    return findIn(this.database, root);
  }

  /** Copy by copy, each in the order of the DAG's bytes. */
  async runs(dagId: bigint): Promise<DagRun[]> {
    return runsOf(this.database, dagId);
  }

  /**
   * A retrieved DAG: a new copy of its runs, hot again. Null when nobody wants it, or it is hot already: the CARs are
   * discarded.
   */
  async restore(
    root: string,
    runs: readonly NewRun[],
    cars: readonly { id: CarId; bytes: number; root: string }[],
  ): Promise<StoredDag | null> {
    return this.database.transaction(
      async (tx) => {
        const [dag] = await query(tx, LOCK_DAG_FOR_COPY, [root]);
        if (!dag || dag.hot || !(await this.references.isReferenced(tx, dag.id))) {
          await execute(tx, DISCARD_CARS, [cars.map((car) => car.id)]);
          return dag?.hot ? findIn(tx, root) : null;
        }
        await tx.run.createMany({ data: runs.map((run) => ({ ...run, dagId: dag.id, copy: dag.next })) });
        for (const car of cars)
          await tx.car.update({
            where: { id: car.id },
            data: { state: 'sealed', sealedAt: new Date(), bytes: car.bytes, root: car.root },
          });
        await execute(tx, VERIFY_COPIES, [cars.map((car) => car.id)]);
        await tx.dag.update({ where: { id: dag.id }, data: { hot: true, damagedAt: null } });
        await execute(tx, END_FINDINGS, [[dag.id], 'retrieved']);
        await execute(tx, LOOK_AGAIN, [[dag.id]]);
        await this.references.markRestored(tx, [dag.id], 'brought back by a retrieval');
        const stored = await findIn(tx, root);
        await this.references.announceRestored(tx, { root, bytes: stored?.size ?? 0 });
        return stored;
      },
      { timeout: 30_000 },
    );
  }

  async lock(tx: Tx, dagId: bigint): Promise<{ id: bigint; root: string } | null> {
    const [dag] = await query(tx, LOCK_DAG, [dagId]);
    return dag ?? null;
  }

  /** The last reference to a locked DAG is gone: its runs are dead. */
  async drop(tx: Tx, dag: { id: bigint; root: string }): Promise<ReclaimableBytes> {
    const cars = await this.lockCars(tx, dag.id);
    await execute(tx, ADD_TRIMS, [dag.id]);
    await execute(tx, FORGET_TRIMS_OF, [dag.id]);
    await tx.run.deleteMany({ where: { dagId: dag.id } });
    await tx.dag.update({ where: { id: dag.id }, data: { hot: false, damagedAt: null, trimmedCopies: 0 } });
    await execute(tx, END_FINDINGS, [[dag.id], 'deleted']);
    await this.outbox.add(tx, dagGone, { root: dag.root });
    return this.release(tx, cars, 'dropped');
  }

  /** A reference to a locked DAG is gone, and others are left: what it shares with DAGs of the same CAR is looked at. */
  async lostReference(tx: Tx, dagId: bigint): Promise<void> {
    await execute(tx, ADD_TRIM_OF, [dagId]);
  }

  /** DAGs whose runs cover more than is theirs. */
  async dueTrims(limit: number): Promise<DueTrim[]> {
    const rows = await query(this.database, DUE_TRIMS, [placeOf(this.node.id), limit]);
    return rows.map((row) => ({ dagId: row.dag_id, root: row.root, size: Number(row.size), trims: row.trims }));
  }

  /** Looked at again after so many seconds; null: never. */
  async endTrims(trims: readonly bigint[], againSeconds: number | null): Promise<void> {
    if (againSeconds === null) await execute(this.database, FORGET_TRIMS, [trims]);
    else await execute(this.database, POSTPONE_TRIMS, [trims, againSeconds]);
  }

  /** It keeps the runs that it has, and is not looked at again. */
  async leaveUntrimmed(dagId: bigint, seen: readonly DagRun[]): Promise<void> {
    const trimmedCopies = 1 + Math.max(-1, ...seen.map(({ copy }) => copy));
    await this.database.dag.updateMany({ where: { id: dagId }, data: { trimmedCopies } });
  }

  /**
   * From now on the DAG has these runs, which are parts of those that were `seen`; all of its blocks are in them. What
   * they leave out is dead where no hot DAG covers it. Null, and no change, when it is cold or its runs are others by
   * now.
   */
  async trim(dagId: bigint, seen: readonly DagRun[], own: OwnPart): Promise<ReclaimableBytes | null> {
    return this.database.transaction(
      async (tx) => {
        await this.references.holdCounted(tx, dagId);
        const dag = await this.lock(tx, dagId);
        const cars = dag ? await this.lockCars(tx, dagId) : [];
        const row = await tx.dag.findUnique({ where: { id: dagId }, select: { hot: true } });
        if (!row?.hot || textOf(await runsOf(tx, dagId)) !== textOf(seen)) return null;
        await tx.run.deleteMany({ where: { dagId } });
        await tx.run.createMany({ data: own.runs.map((run) => ({ ...run, dagId })) });
        const { storedBytes, carBytes, blocks } = own;
        const trimmedCopies = 1 + Math.max(...own.runs.map(({ copy }) => copy));
        await tx.dag.update({ where: { id: dagId }, data: { storedBytes, carBytes, blocks, trimmedCopies } });
        await this.references.recount(tx, dagId, storedBytes);
        return this.release(tx, cars, 'dropped');
      },
      { timeout: 60_000 },
    );
  }

  /** The DAG leaves this node; its original runs stay as rows. Null when it is not hot. @throws NotOffloadable */
  async offload(tx: Tx, root: string): Promise<{ dagId: bigint; reclaimable: ReclaimableBytes } | null> {
    const [dag] = await query(tx, LOCK_HOT_DAG, [root]);
    if (!dag) return null;
    const originals = await tx.run.findMany({
      where: { dagId: dag.id, copy: 0 },
      select: { car: { select: { state: true } } },
    });
    if (originals.length === 0 || originals.some(({ car }) => car.state !== 'sealed'))
      throw new NotOffloadable('part of this content is in no sealed piece yet', { details: { root } });
    const cars = await this.lockCars(tx, dag.id);
    await tx.run.deleteMany({ where: { dagId: dag.id, copy: { gt: 0 } } });
    await tx.dag.update({ where: { id: dag.id }, data: { hot: false } });
    return { dagId: dag.id, reclaimable: await this.release(tx, cars, 'offloaded') };
  }

  private async lockCars(tx: Tx, dagId: bigint): Promise<DagCar[]> {
    await query(tx, LOCK_CARS_OF, [dagId]);
    // Read again: a sealing that held the lock may have moved the runs to another CAR, which nobody else touches.
    const here = { place: placeOf(this.node.id), state: { in: READABLE_COPIES } };
    const runs = await tx.run.findMany({
      where: { dagId },
      include: { car: { include: { copies: { where: here, select: { place: true } } } } },
      orderBy: { carId: 'asc' },
    });
    const cars = new Map<string, DagCar>();
    for (const { car, offset, length } of runs) {
      const { id, state, copies, bytes } = car;
      const entry = cars.get(id) ?? { id: carId(id), state, hot: copies.length > 0, bytes: Number(bytes), own: [] };
      entry.own.push({ offset: Number(offset), length: Number(length) });
      cars.set(id, entry);
    }
    return [...cars.values()];
  }

  /** After the runs changed: CARs that nobody reads go; in the others, the stretches that no hot DAG covers. */
  private async release(tx: Tx, cars: readonly DagCar[], because: 'dropped' | 'offloaded'): Promise<ReclaimableBytes> {
    const reclaimable = structuredClone(NOTHING_RECLAIMABLE);
    for (const car of cars) {
      const { used, hot } = (await query(tx, CAR_USE, [car.id]))[0] ?? { used: false, hot: false };
      if (!hot && car.state !== 'open') {
        await this.dead.add(tx, car.id, [{ offset: 0, length: car.bytes }]);
        await (used ? execute(tx, LEAVE_NODES, [car.id]) : execute(tx, DISCARD_CARS, [[car.id]]));
        // Offloading ends one, too: the second CAR of a DAG that was offloaded and uploaded again, a piece of its own.
        if (!used) await this.outbox.add(tx, carGone, { carId: car.id });
        reclaimable.files.push(car.id);
        if (car.hot) reclaimable.freedBytes += car.bytes;
        continue;
      }
      const dead = uncovered(car.own, await hotRunsOver(tx, car.id, car.own));
      await this.dead.add(tx, car.id, dead);
      if (because === 'dropped')
        await tx.car.update({ where: { id: car.id }, data: { deadBytes: { increment: coveredBytes(dead) } } });
      reclaimable.stretches.push({ carId: car.id, stretches: dead });
      if (car.hot) reclaimable.pendingBytes += coveredBytes(dead);
    }
    return reclaimable;
  }
}

async function runsOf(tx: Tx, dagId: bigint): Promise<DagRun[]> {
  const rows = await tx.run.findMany({ where: { dagId }, orderBy: [{ copy: 'asc' }, { seq: 'asc' }] });
  return rows.map(({ copy, seq, carId: car, offset, length }) => ({
    copy,
    seq,
    carId: car,
    offset: Number(offset),
    length: Number(length),
  }));
}

function textOf(runs: readonly DagRun[]): string {
  return JSON.stringify(runs.map(({ copy, seq, carId: car, offset, length }) => [copy, seq, car, offset, length]));
}

async function findIn(tx: Tx, root: string): Promise<StoredDag | null> {
  // The row of a DAG stays when its last reference goes: the next upload locks it. Without runs it stands for nothing.
  const dag = await tx.dag.findUnique({ where: { root, OR: [{ hot: true }, { runs: { some: {} } }] } });
  return (
    dag && {
      dagId: dag.id,
      root,
      size: Number(dag.size),
      carBytes: Number(dag.carBytes),
      blocks: dag.blocks,
      hot: dag.hot,
    }
  );
}

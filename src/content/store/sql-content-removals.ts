import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, type Tx } from '../../platform/prisma/index.js';
import { carId, parseRowId, type CarId, type ContentId } from '../../shared/index.js';
import { carGone, dagGone, NotOffloadable, coveredBytes, uncovered, type Stretch } from '../../storage/index.js';
import { contentDeleted, contentOffloaded } from '../domain/content.events.js';
import { ContentRemovals, type Unwanted } from '../ports/content-removals.port.js';

interface DagCar {
  id: CarId;
  state: string;
  hot: boolean;
  bytes: number;
  /** The DAG's own stretches of it. */
  own: Stretch[];
}

const NOTHING: Unwanted = { files: [], freedBytes: 0, stretches: [], pendingBytes: 0 };

/**
 * What the account stores is locked before anything else, where it is counted. The row of a DAG is the lock of everything that happens to it (as in `store_contents`); CARs are locked next, in the order
 * of their ids, before their runs are touched (as in sealing). So uploads, deletions, offloads and sealings take turns.
 */
@Injectable()
export class SqlContentRemovals extends ContentRemovals {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async delete(id: ContentId): Promise<Unwanted | null> {
    const rowId = parseRowId(id);
    if (rowId === null) return null;
    return this.database.transaction(
      async (tx) => {
        await tx.$executeRaw`SELECT hold_usage(ARRAY(SELECT user_id FROM contents WHERE id = ${rowId}))`;
        const [dag] = await tx.$queryRaw<{ id: bigint; root: string }[]>`
        SELECT id, root FROM dags WHERE id = (SELECT dag_id FROM contents WHERE id = ${rowId}) FOR UPDATE`;
        const [content] = dag ? await this.moveToDeleted(tx, rowId) : [];
        if (!dag || !content) return null;
        const others = await tx.content.count({ where: { dagId: dag.id, state: { not: 'deleted' } } });
        const unwanted = others > 0 ? NOTHING : await this.dropDag(tx, dag);
        await this.outbox.add(tx, contentDeleted, {
          contentId: id,
          userId: content.userId,
          cid: content.cid,
          freedBytes: unwanted.freedBytes,
        });
        return unwanted;
      },
      { timeout: 30_000 },
    );
  }

  async offload(root: string): Promise<Unwanted | null> {
    return this.database.transaction(async (tx) => this.offloadIn(tx, root), { timeout: 30_000 });
  }

  async rehearseOffload(root: string): Promise<{ freedBytes: number; pendingBytes: number } | null> {
    try {
      return await this.database.transaction(
        async (tx) => {
          const done = await this.offloadIn(tx, root);
          throw new Rehearsed(done && { freedBytes: done.freedBytes, pendingBytes: done.pendingBytes });
        },
        { timeout: 30_000 },
      );
    } catch (error) {
      if (error instanceof Rehearsed) return error.outcome;
      throw error;
    }
  }

  private async offloadIn(tx: Tx, root: string): Promise<Unwanted | null> {
    const [dag] = await tx.$queryRaw<{ id: bigint }[]>`SELECT id FROM dags WHERE root = ${root} AND hot FOR UPDATE`;
    if (!dag) return null;
    const originals = await tx.run.findMany({
      where: { dagId: dag.id, copy: 0 },
      select: { car: { select: { state: true } } },
    });
    if (originals.length === 0 || originals.some(({ car }) => car.state !== 'sealed' && car.state !== 'committed')) {
      throw new NotOffloadable('part of this content is in no sealed piece yet', { details: { root } });
    }
    const cars = await lockCars(tx, dag.id);
    await tx.run.deleteMany({ where: { dagId: dag.id, copy: { gt: 0 } } });
    await tx.dag.update({ where: { id: dag.id }, data: { hot: false } });
    const moved = await tx.content.updateManyAndReturn({
      where: { dagId: dag.id, state: 'stored' },
      data: { state: 'offloaded', updatedAt: new Date() },
      select: { id: true },
    });
    await tx.contentMove.createMany({
      data: moved.map((content) => ({
        contentId: content.id,
        from: 'stored',
        to: 'offloaded',
        cause: 'enough miners have sealed it',
      })),
    });
    const unwanted = await this.letGo(tx, cars, null);
    await this.outbox.add(tx, contentOffloaded, { root, freedBytes: unwanted.freedBytes });
    return unwanted;
  }

  async markCommitted(id: CarId): Promise<boolean> {
    const { count } = await this.database.car.updateMany({
      where: { id, state: 'sealed' },
      data: { state: 'committed' },
    });
    return count === 1;
  }

  private async moveToDeleted(tx: Tx, id: bigint): Promise<{ userId: string; cid: string }[]> {
    return tx.$queryRaw<{ userId: string; cid: string }[]>`
      WITH old AS (SELECT id, state FROM contents WHERE id = ${id} AND state <> 'deleted'),
           gone AS (UPDATE contents c SET state = 'deleted', deleted_at = now(), updated_at = now() FROM old WHERE c.id = old.id RETURNING c.user_id, c.cid, c.size),
           usage AS (UPDATE account_usage u SET bytes = u.bytes - gone.size, contents = u.contents - 1 FROM gone WHERE u.user_id = gone.user_id),
           move AS (INSERT INTO content_moves (content_id, "from", "to", cause) SELECT id, state, 'deleted', 'deleted by its owner' FROM old)
      SELECT user_id AS "userId", cid FROM gone`;
  }

  /** The last reference is gone: its runs are dead. */
  private async dropDag(tx: Tx, dag: { id: bigint; root: string }): Promise<Unwanted> {
    const cars = await lockCars(tx, dag.id);
    await tx.run.deleteMany({ where: { dagId: dag.id } });
    await tx.dag.update({ where: { id: dag.id }, data: { hot: false } });
    await this.outbox.add(tx, dagGone, { root: dag.root });
    return this.letGo(tx, cars, carGone);
  }

  /** After the runs changed: CARs that nobody reads go; in the others, the stretches that no hot DAG covers. */
  private async letGo(tx: Tx, cars: readonly DagCar[], gone: typeof carGone | null): Promise<Unwanted> {
    const unwanted: Unwanted = { files: [], freedBytes: 0, stretches: [], pendingBytes: 0 };
    for (const car of cars) {
      const { used, hot } = await useOf(tx, car.id);
      const isFinished = car.state !== 'open';
      if (!hot && isFinished) {
        await tx.car.update({ where: { id: car.id }, data: { hot: false, ...(used ? {} : { state: 'discarded' }) } });
        if (!used && gone) await this.outbox.add(tx, gone, { carId: car.id });
        unwanted.files.push(car.id);
        if (car.hot) unwanted.freedBytes += car.bytes;
        continue;
      }
      const dead = uncovered(car.own, await hotRunsOver(tx, car));
      if (gone) await tx.car.update({ where: { id: car.id }, data: { deadBytes: { increment: coveredBytes(dead) } } });
      unwanted.stretches.push({ carId: car.id, stretches: dead });
      if (car.hot) unwanted.pendingBytes += coveredBytes(dead);
    }
    return unwanted;
  }
}

/** Rolls the transaction back and carries out what it would have done. */
class Rehearsed extends Error {
  constructor(readonly outcome: { freedBytes: number; pendingBytes: number } | null) {
    super('a rehearsal');
  }
}

/** Whether any DAG has runs in the CAR, and whether one of them is hot. */
async function useOf(tx: Tx, id: CarId): Promise<{ used: boolean; hot: boolean }> {
  const [row] = await tx.$queryRaw<{ used: boolean; hot: boolean }[]>`
    SELECT EXISTS (SELECT FROM runs WHERE car_id = ${id}::uuid) AS used,
           EXISTS (SELECT FROM runs JOIN dags ON dags.id = runs.dag_id WHERE runs.car_id = ${id}::uuid AND dags.hot) AS hot`;
  return row ?? { used: false, hot: false };
}

/** Runs of hot DAGs that may overlap what is let go: a segment has tens of thousands of others, which stay in the database. */
async function hotRunsOver(tx: Tx, { id, own }: DagCar): Promise<Stretch[]> {
  const from = Math.min(...own.map(({ offset }) => offset));
  const to = Math.max(...own.map(({ offset, length }) => offset + length));
  const rows = await tx.$queryRaw<{ offset: bigint; length: bigint }[]>`
    SELECT runs."offset", runs.length FROM runs JOIN dags ON dags.id = runs.dag_id
    WHERE runs.car_id = ${id}::uuid AND runs."offset" < ${to}::bigint AND runs."offset" + runs.length > ${from}::bigint AND dags.hot`;
  return rows.map(({ offset, length }) => ({ offset: Number(offset), length: Number(length) }));
}

async function lockCars(tx: Tx, dagId: bigint): Promise<DagCar[]> {
  await tx.$queryRaw`SELECT id FROM cars WHERE id IN (SELECT car_id FROM runs WHERE dag_id = ${dagId}) ORDER BY id FOR UPDATE`;
  // Read again: a sealing that held the lock may have moved the runs to another CAR, which nobody else touches.
  const runs = await tx.run.findMany({ where: { dagId }, include: { car: true }, orderBy: { carId: 'asc' } });
  const cars = new Map<string, DagCar>();
  for (const { car, offset, length } of runs) {
    const entry = cars.get(car.id) ?? {
      id: carId(car.id),
      state: car.state,
      hot: car.hot,
      bytes: Number(car.bytes),
      own: [],
    };
    entry.own.push({ offset: Number(offset), length: Number(length) });
    cars.set(car.id, entry);
  }
  return [...cars.values()];
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../platform/prisma/index.js';
import type { CarId } from '../../shared/index.js';
import { DagReferences, type NewRun } from '../ports/dag-references.port.js';
import type { DagRun, StoredDag } from '../ports/dag-store.port.js';

/** Rows of DAGs and their runs: where each stored DAG lies. */
@Injectable()
export class PostgresDagStore {
  constructor(
    private readonly database: Database,
    readonly references: DagReferences,
  ) {}

  /** Hot or offloaded; null when it never was here, or its last reference is gone. */
  async find(root: string): Promise<StoredDag | null> {
    return findIn(this.database, root);
  }

  async runs(dagId: bigint): Promise<DagRun[]> {
    const rows = await this.database.run.findMany({ where: { dagId }, orderBy: [{ copy: 'asc' }, { seq: 'asc' }] });
    return rows.map(({ copy, seq, carId, offset, length }) => ({
      copy,
      seq,
      carId,
      offset: Number(offset),
      length: Number(length),
    }));
  }

  /** A retrieved DAG: a new copy of its runs, hot again. Null when nobody wants it, or it is hot already: the CARs are discarded. */
  async restore(
    root: string,
    runs: readonly NewRun[],
    cars: readonly { id: CarId; bytes: number; root: string }[],
  ): Promise<StoredDag | null> {
    return this.database.transaction(
      async (tx) => {
        const [dag] = await tx.$queryRaw<{ id: bigint; hot: boolean; next: number }[]>`
        SELECT id, hot, coalesce((SELECT max(copy) + 1 FROM runs WHERE dag_id = dags.id), 0) AS next FROM dags WHERE root = ${root} FOR UPDATE`;
        if (!dag || dag.hot || !(await this.references.isReferenced(tx, dag.id))) {
          await tx.car.updateMany({
            where: { id: { in: cars.map((car) => car.id) } },
            data: { state: 'discarded', hot: false },
          });
          return dag?.hot ? await findIn(tx, root) : null;
        }
        await tx.run.createMany({
          data: runs.map(({ carId, seq, offset, length }) => ({
            dagId: dag.id,
            copy: dag.next,
            seq,
            carId,
            offset,
            length,
          })),
        });
        for (const car of cars)
          await tx.car.update({
            where: { id: car.id },
            data: { state: 'sealed', sealedAt: new Date(), bytes: car.bytes, root: car.root },
          });
        await tx.dag.update({ where: { id: dag.id }, data: { hot: true } });
        await this.references.markRestored(tx, [dag.id], 'brought back by a retrieval');
        const stored = await findIn(tx, root);
        await this.references.announceRestored(tx, { root, bytes: stored?.size ?? 0 });
        return stored;
      },
      { timeout: 30_000 },
    );
  }
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

import { Injectable } from '@nestjs/common';
import { Database, SqlPool, type Tx } from '../../platform/prisma/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { contentId, type ContentId } from '../../shared/index.js';
import { contentRestored, contentStored } from '../domain/content.events.js';
import { DagLedger, type CommittedContent, type NewContent, type NewRun, type WrittenCar } from '../ports/dag-ledger.port.js';
import type { DagRun, StoredDag } from '../ports/dag-store.port.js';

interface CommittedRow {
  n: number;
  content_id: string | bigint;
  dag_id: string | bigint;
  kept: boolean;
  dag_size: string | bigint;
  dag_car_bytes: string | bigint;
  dag_blocks: number;
}

const COMMIT = 'SELECT * FROM store_contents($1::jsonb)';

/** DAGs and contents in Postgres; the commit is the function `store_contents` of the migrations. */
@Injectable()
export class SqlDagLedger extends DagLedger {
  constructor(private readonly database: Database, private readonly sql: SqlPool, private readonly outbox: Outbox) {
    super();
  }

  async commit(contents: readonly NewContent[], cars: readonly WrittenCar[]): Promise<CommittedContent[]> {
    const { rows } = await this.sql.pool.query<CommittedRow>({ name: 'store_contents', text: COMMIT, values: [batchOf(contents, cars)] });
    return committedOf(contents, rows);
  }

  async commitWithin(contents: readonly NewContent[], cars: readonly WrittenCar[], within: (tx: Tx, id: ContentId) => Promise<void>): Promise<CommittedContent[]> {
    return this.database.$transaction(async (tx) => {
      const rows = await tx.$queryRawUnsafe<CommittedRow[]>(COMMIT, batchOf(contents, cars));
      const committed = committedOf(contents, rows);
      for (const { contentId: id } of committed) await within(tx, id);
      return committed;
    }, { timeout: 30_000 });
  }

  async restore(root: string, runs: readonly NewRun[], cars: readonly { id: string; bytes: number; root: string }[]): Promise<StoredDag | null> {
    return this.database.$transaction(async (tx) => {
      const [dag] = await tx.$queryRaw<{ id: bigint; hot: boolean; next: number }[]>`
        SELECT id, hot, coalesce((SELECT max(copy) + 1 FROM runs WHERE dag_id = dags.id), 0) AS next FROM dags WHERE root = ${root} FOR UPDATE`;
      const wanted = dag && !dag.hot && await tx.content.count({ where: { dagId: dag.id, state: { not: 'deleted' } } }) > 0;
      if (!dag || !wanted) {
        await tx.car.updateMany({ where: { id: { in: cars.map((car) => car.id) } }, data: { state: 'discarded', hot: false } });
        return dag?.hot ? await findIn(tx, root) : null;
      }
      await tx.run.createMany({ data: runs.map(({ carId, seq, offset, length }) => ({ dagId: dag.id, copy: dag.next, seq, carId, offset, length })) });
      for (const car of cars) await tx.car.update({ where: { id: car.id }, data: { state: 'sealed', sealedAt: new Date(), bytes: car.bytes, root: car.root } });
      await tx.dag.update({ where: { id: dag.id }, data: { hot: true } });
      await bringBack(tx, [dag.id], 'brought back by a retrieval');
      const stored = await findIn(tx, root);
      await this.outbox.add(tx, contentRestored, { root, bytes: stored?.size ?? 0 });
      return stored;
    }, { timeout: 30_000 });
  }

  async find(root: string): Promise<StoredDag | null> {
    return findIn(this.database, root);
  }

  async runs(dagId: bigint): Promise<DagRun[]> {
    const rows = await this.database.run.findMany({ where: { dagId }, orderBy: [{ copy: 'asc' }, { seq: 'asc' }] });
    return rows.map(({ copy, seq, carId, offset, length }) => ({ copy, seq, carId, offset: Number(offset), length: Number(length) }));
  }

  async refer(root: string, content: Omit<NewContent, 'root' | 'size' | 'carBytes' | 'blocks' | 'runs'>, within?: (tx: Tx, id: ContentId) => Promise<void>): Promise<ContentId | null> {
    return this.database.$transaction(async (tx) => {
      const [dag] = await tx.$queryRaw<{ id: bigint; size: bigint }[]>`SELECT id, size FROM dags WHERE root = ${root} AND hot FOR UPDATE`;
      if (!dag) return null;
      const { userId, cid, name, type, profile, replication, pinRequestId } = content;
      const row = await tx.content.create({ data: { userId, dagId: dag.id, cid, name, type, size: dag.size, profile, replication, pinRequestId } });
      const id = contentId(row.id);
      await this.outbox.add(tx, contentStored, { contents: [{ contentId: id, userId, cid, size: Number(dag.size) }] });
      await within?.(tx, id);
      return id;
    });
  }
}

/** The offloaded contents of these DAGs are stored again. */
export async function bringBack(tx: Tx, dagIds: readonly bigint[], cause: string): Promise<void> {
  const contents = await tx.content.updateManyAndReturn({
    where: { dagId: { in: [...dagIds] }, state: 'offloaded' }, data: { state: 'stored', updatedAt: new Date() }, select: { id: true },
  });
  await tx.contentMove.createMany({ data: contents.map(({ id }) => ({ contentId: id, from: 'offloaded', to: 'stored', cause })) });
}

async function findIn(tx: Tx, root: string): Promise<StoredDag | null> {
  // The row of a DAG stays when its last content is deleted: the next upload locks it. Without runs it stands for nothing.
  const dag = await tx.dag.findUnique({ where: { root, OR: [{ hot: true }, { runs: { some: {} } }] } });
  return dag && { dagId: dag.id, root, size: Number(dag.size), carBytes: Number(dag.carBytes), blocks: dag.blocks, hot: dag.hot };
}

function batchOf(contents: readonly NewContent[], cars: readonly WrittenCar[]): string {
  return JSON.stringify({ contents: contents.map((content, n) => ({ n, ...content })), cars });
}

function committedOf(contents: readonly NewContent[], rows: readonly CommittedRow[]): CommittedContent[] {
  return rows.map((row) => ({
    contentId: contentId(String(row.content_id)),
    kept: row.kept,
    dag: {
      dagId: BigInt(row.dag_id), root: (contents[row.n] as NewContent).root, size: Number(row.dag_size),
      carBytes: Number(row.dag_car_bytes), blocks: row.dag_blocks, hot: true,
    },
  }));
}

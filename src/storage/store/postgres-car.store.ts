import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, SqlPool, type Tx } from '../../platform/prisma/index.js';
import { carId, userId, type CarId } from '../../shared/index.js';
import { carSealed } from '../domain/storage.events.js';
import { dealTermsSchema } from '../../shared/deal-terms.js';
import type { CarKind, CarOwner, CarRecord, LiveRun } from '../domain/car.js';
import { DagReferences } from '../ports/dag-references.port.js';

type CarRow = NonNullable<Awaited<ReturnType<Tx['car']['findUnique']>>>;

/** Rows of CARs. The files follow these rows: a file without a row, or longer than its row says, is a leftover. */
@Injectable()
export class PostgresCarStore {
  constructor(
    private readonly database: Database,
    private readonly sql: SqlPool,
    private readonly outbox: Outbox,
    private readonly references: DagReferences,
  ) {}

  /** Before the file is made. */
  async open(car: Pick<CarRecord, 'id' | 'kind' | 'owner'>): Promise<void> {
    await this.sql.pool.query('INSERT INTO cars (id, kind, owner, state) VALUES ($1, $2, $3, $4)', [
      car.id,
      car.kind,
      car.owner,
      'open',
    ]);
  }

  async openCars(owner: CarOwner): Promise<CarRecord[]> {
    const rows = await this.database.car.findMany({ where: { state: 'open', owner }, orderBy: { createdAt: 'asc' } });
    return rows.map(recordOf);
  }

  async find(ids: readonly CarId[]): Promise<CarRecord[]> {
    return (await this.database.car.findMany({ where: { id: { in: [...ids] } } })).map(recordOf);
  }

  /** Every CAR that should have a file here, open ones included. */
  async hotCars(): Promise<CarRecord[]> {
    return (await this.database.car.findMany({ where: { hot: true, state: { not: 'discarded' } } })).map(recordOf);
  }

  /** By offset. */
  async liveRuns(id: CarId): Promise<LiveRun[]> {
    return runsIn(this.database, id);
  }

  /** After an open CAR was cut back to what is known. */
  async cut(id: CarId, bytes: number): Promise<void> {
    await this.database.car.updateMany({ where: { id, state: 'open' }, data: { bytes } });
  }

  /** open -> sealed, and `car.sealed` is announced. False when it was not open (any more). */
  async seal(id: CarId, finished: { root: string; bytes: number }): Promise<boolean> {
    return this.database.transaction((tx) => this.sealIn(tx, id, finished));
  }

  /**
   * A rewritten segment takes the old one's place, sealed: `moved` tells the new offset of each run that is still alive.
   * The old CAR is discarded. False when the old one was not open (any more).
   */
  async replace(
    oldId: CarId,
    fresh: { id: CarId; root: string; bytes: number },
    moved: (run: LiveRun) => number,
  ): Promise<boolean> {
    return this.database.transaction(
      async (tx) => {
        // Deletions lock the CAR before they touch its runs: none can come between.
        const [old] = await tx.$queryRaw<
          { state: string }[]
        >`SELECT state FROM cars WHERE id = ${oldId}::uuid FOR UPDATE`;
        if (old?.state !== 'open') return false;
        const runs = await runsIn(tx, oldId);
        const moves = runs.map((run) => ({
          dagId: String(run.dagId),
          copy: run.copy,
          seq: run.seq,
          offset: moved(run),
        }));
        await tx.$executeRaw`
        UPDATE runs SET car_id = ${fresh.id}::uuid, "offset" = m."offset"
        FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS m("dagId" bigint, copy smallint, seq int, "offset" bigint)
        WHERE runs.dag_id = m."dagId" AND runs.copy = m.copy AND runs.seq = m.seq`;
        await tx.car.update({ where: { id: oldId }, data: { state: 'discarded', hot: false } });
        return this.sealIn(tx, fresh.id, fresh);
      },
      { timeout: 60_000 },
    );
  }

  /** Nobody will ever ask for these again: their files may go. Only CARs without a run; answers which were discarded. */
  async discard(ids: readonly CarId[]): Promise<CarId[]> {
    const rows = await this.database.car.updateManyAndReturn({
      where: { id: { in: [...ids] }, runs: { none: {} } },
      data: { state: 'discarded', hot: false },
      select: { id: true },
    });
    return rows.map((row) => carId(row.id));
  }

  /** The file is back (a repair): DAGs whose every original run is on this node are hot again. */
  async putBack(id: CarId): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.car.update({ where: { id }, data: { hot: true } });
      const revived = await tx.$queryRaw<{ id: bigint }[]>`
        UPDATE dags SET hot = true WHERE NOT hot AND id IN (SELECT dag_id FROM runs WHERE car_id = ${id}::uuid AND copy = 0)
          AND NOT EXISTS (SELECT FROM runs r JOIN cars c ON c.id = r.car_id WHERE r.dag_id = dags.id AND r.copy = 0 AND NOT c.hot)
        RETURNING id`;
      await this.references.markRestored(
        tx,
        revived.map((dag) => dag.id),
        'its piece was put back in place',
      );
    });
  }

  /** One process of this platform at a time. A session lock: the server lets go of it when this process dies. */
  async exclusively<T>(what: string, run: () => Promise<T>): Promise<T> {
    const client = await this.sql.pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock(hashtext($1))', [`tidewater.${what}`]);
      return await run();
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtext($1))', [`tidewater.${what}`]).catch(() => undefined);
      client.release();
    }
  }

  private async sealIn(tx: Tx, id: CarId, finished: { root: string; bytes: number }): Promise<boolean> {
    const [car] = await tx.car.updateManyAndReturn({
      where: { id, state: 'open' },
      data: { state: 'sealed', sealedAt: new Date(), root: finished.root, bytes: finished.bytes },
    });
    if (!car) return false;
    const { terms, userId: user } = recordOf(car);
    await this.outbox.add(tx, carSealed, {
      carId: id,
      root: finished.root,
      carBytes: finished.bytes,
      kind: car.kind === 'segment' ? 'segment' : 'single',
      terms,
      userId: user,
    });
    return true;
  }
}

async function runsIn(tx: Tx, id: CarId): Promise<LiveRun[]> {
  const rows = await tx.run.findMany({
    where: { carId: id },
    orderBy: { offset: 'asc' },
    include: { dag: { select: { root: true } } },
  });
  return rows.map(({ dagId, copy, seq, offset, length, dag }) => ({
    dagId,
    root: dag.root,
    copy,
    seq,
    offset: Number(offset),
    length: Number(length),
  }));
}

function recordOf(row: CarRow): CarRecord {
  return {
    id: carId(row.id),
    kind: row.kind as CarKind,
    owner: row.owner as CarOwner,
    state: row.state as CarRecord['state'],
    hot: row.hot,
    bytes: Number(row.bytes),
    root: row.root,
    terms: dealTermsSchema.nullable().parse(row.terms),
    userId: row.userId === null ? null : userId(row.userId),
    createdAt: row.createdAt,
  };
}

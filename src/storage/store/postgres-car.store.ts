import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, json, query, type Tx } from '../../platform/prisma/index.js';
import { NodeIdentity, WriterFence } from '../../platform/process/index.js';
import { carId, dealTermsSchema, userId, type CarId } from '../../shared/index.js';
import {
  placeOf,
  READABLE_COPIES,
  type CopyState,
  type CarKind,
  type CarOwner,
  type CarRecord,
  type CarState,
  type LiveRun,
} from '../domain/car.js';
import { carSealed } from '../domain/storage.events.js';
import { DagReferences } from '../ports/dag-references.port.js';
import { CONFIRM_COPY } from './copy.sql.js';
import { END_FINDINGS } from './damage.sql.js';
import {
  BEGIN_COPY,
  DISCARD_CARS,
  DISCARD_UNUSED,
  FIND_COPY,
  LOCK_CAR,
  LOCK_CARS,
  MOVE_RUNS,
  NAME_COPIES,
  OPEN_CAR,
  RECOVER_CARS,
  PUT_COPY,
  REVIVE_DAGS,
  SETTLE_COPY,
  UNNAMED_COPIES,
  VERIFY_COPIES,
} from './car.sql.js';

/** An open CAR of a process that is gone; commits into it name its epoch from now on. */
export interface RecoveredCar {
  id: CarId;
  kind: CarKind;
  epoch: number;
  /** Of the file, as far as the rows know. */
  bytes: number;
  createdAt: Date;
}

/** A CAR that is finished and was read back. */
export interface SealedCar {
  /** CIDv1 text, as in its header. */
  root: string;
  /** Length of the file. */
  bytes: number;
  /** SHA-256 of the file, every section of which is right. */
  checksum: Uint8Array;
}

type CarRow = NonNullable<Awaited<ReturnType<Tx['car']['findUnique']>>>;

/**
 * Rows of CARs and of their copies. The files of this node follow these rows: a file whose copy here is gone, and
 * what is longer than its row says, is a leftover.
 */
@Injectable()
export class PostgresCarStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly references: DagReferences,
    private readonly node: NodeIdentity,
    readonly fence: WriterFence,
  ) {}

  /**
   * Before the file is made. Its copy here is being written from now on.
   * @throws WriterFenced (503) when another process has this one's name by now
   */
  async open(car: Pick<CarRecord, 'id' | 'kind' | 'owner'>): Promise<void> {
    const opened = await execute(this.database, OPEN_CAR, [car.id, car.kind, car.owner, this.place, this.fence.epoch]);
    if (opened === 0) throw this.fence.refusal();
  }

  /**
   * What the last process of this name left open, oldest first. From here on nothing that it still had on its way can
   * be committed into these CARs: their epoch is raised, and what is in `liveRuns` is all there is.
   */
  async takeOver(owner: CarOwner): Promise<RecoveredCar[]> {
    const rows = await query(this.database, RECOVER_CARS, [owner]);
    return rows.map((row) => ({ ...row, id: carId(row.id), bytes: Number(row.bytes) }));
  }

  async find(ids: readonly CarId[]): Promise<CarRecord[]> {
    const rows = await this.database.car.findMany({ where: { id: { in: [...ids] } }, include: this.withCopies });
    return rows.map(recordOf);
  }

  /**
   * What is to become of the file of a CAR in this node's folder: 'keep' it, it 'may-go' (its rows gave it up), its CAR
   * is 'unknown', or it is 'not-ours': the rows know the CAR, but of no copy here, as when a folder lost its name.
   */
  async standingOf(id: CarId): Promise<'keep' | 'may-go' | 'unknown' | 'not-ours'> {
    const [row] = await query(this.database, FIND_COPY, [id, this.place]);
    if (!row) return 'unknown';
    if (row.car === 'discarded' || row.copy === 'gone') return 'may-go';
    return row.copy === null ? 'not-ours' : 'keep';
  }

  /**
   * Does the work under the CAR's lock while its copy here is given up; null, and no work, when it is not (any more):
   * nobody puts a copy back meanwhile.
   */
  async whileGone<T>(id: CarId, work: () => Promise<T>): Promise<T | null> {
    return this.database.transaction(
      async (tx) => {
        await query(tx, LOCK_CAR, [id]);
        const [copy] = await query(tx, FIND_COPY, [id, this.place]);
        return copy && (copy.car === 'discarded' || copy.copy === 'gone') ? await work() : null;
      },
      { timeout: 600_000 },
    );
  }

  /** Every CAR that should have a file here, open ones included. */
  async hotCars(): Promise<CarRecord[]> {
    const rows = await this.database.car.findMany({
      where: { copies: { some: this.readable }, state: { not: 'discarded' } },
      include: this.withCopies,
    });
    return rows.map(recordOf);
  }

  /** By offset. */
  async liveRuns(id: CarId): Promise<LiveRun[]> {
    return runsIn(this.database, id);
  }

  /** After an open CAR was cut back to what is known. */
  async cut(id: CarId, bytes: number): Promise<void> {
    await this.database.car.updateMany({ where: { id, state: 'open' }, data: { bytes } });
  }

  /**
   * open -> sealed, its copy verified, and `car.sealed` is announced. 'unused': no run is left in it, so it is no piece;
   * it is discarded. 'not-open': it was not open (any more).
   */
  async seal(id: CarId, finished: SealedCar): Promise<'sealed' | 'unused' | 'not-open'> {
    return this.database.transaction(async (tx) => {
      // Removals lock the CAR before they touch its runs.
      const [car] = await query(tx, LOCK_CAR, [id]);
      if (car?.state !== 'open') return 'not-open';
      if ((await tx.run.count({ where: { carId: id } })) > 0)
        return (await this.sealIn(tx, id, finished)) ? 'sealed' : 'not-open';
      await execute(tx, DISCARD_CARS, [[id]]);
      return 'unused';
    });
  }

  /**
   * A rewritten segment takes the old one's place, sealed: `moved` tells the new offset of each run that is still
   * alive. The old CAR is discarded. False when the old one was not open (any more), or no run is left.
   */
  async replace(oldId: CarId, fresh: { id: CarId } & SealedCar, moved: (run: LiveRun) => number): Promise<boolean> {
    return this.database.transaction(
      async (tx) => {
        const [old] = await query(tx, LOCK_CAR, [oldId]);
        if (old?.state !== 'open') return false;
        const runs = await runsIn(tx, oldId);
        if (runs.length === 0) {
          await execute(tx, DISCARD_CARS, [[oldId]]);
          return false;
        }
        const moves = runs.map((run) => ({
          dagId: String(run.dagId),
          copy: run.copy,
          seq: run.seq,
          offset: moved(run),
        }));
        await execute(tx, MOVE_RUNS, [fresh.id, json(moves)]);
        await execute(tx, DISCARD_CARS, [[oldId]]);
        return this.sealIn(tx, fresh.id, fresh);
      },
      { timeout: 60_000 },
    );
  }

  /**
   * Nobody will ever ask for these again: their files may go. Only CARs without a run; answers which were discarded.
   */
  async discard(ids: readonly CarId[]): Promise<CarId[]> {
    return this.database.transaction(async (tx) => {
      await query(tx, LOCK_CARS, [ids]);
      return (await query(tx, DISCARD_UNUSED, [ids])).map((row) => carId(row.id));
    });
  }

  /** The copy here was found not to be what was sealed, and nobody has mended it yet. */
  async isDamaged(id: CarId): Promise<boolean> {
    const copy = await this.database.carCopy.findUnique({
      where: { carId_place: { carId: id, place: this.place } },
      select: { state: true },
    });
    return copy?.state === 'damaged';
  }

  /**
   * Its file is about to come back: no sweep takes it. Answers what its copy was until now; null when nothing in the CAR
   * is wanted (any more).
   */
  async beginPutBack(id: CarId): Promise<CopyState | null> {
    return this.database.transaction(async (tx) => {
      const [car] = await query(tx, LOCK_CAR, [id]);
      if (car?.state !== 'sealed') return null;
      const [copy] = await query(tx, FIND_COPY, [id, this.place]);
      await execute(tx, BEGIN_COPY, [id, this.place]);
      return (copy?.copy ?? 'gone') as CopyState;
    });
  }

  /** The file did not come: its copy is what it was. */
  async abortPutBack(id: CarId, before: CopyState): Promise<void> {
    await execute(this.database, SETTLE_COPY, [id, this.place, before]);
  }

  /**
   * The file is here again (a repair): DAGs whose every original run can be read on this node are hot again. `index` is
   * called before that is true, with all CARs that they lie in. False when nothing in the CAR is wanted any more.
   */
  async putBack(id: CarId, index: (cars: CarId[]) => Promise<void>): Promise<boolean> {
    return this.database.transaction(
      async (tx) => {
        const [car] = await query(tx, LOCK_CAR, [id]);
        if (car?.state !== 'sealed') return false;
        await execute(tx, PUT_COPY, [id, this.place]);
        const revived = (await query(tx, REVIVE_DAGS, [id, this.place])).map((dag) => dag.id);
        const cars = await tx.run.findMany({
          where: { dagId: { in: revived }, copy: 0 },
          distinct: ['carId'],
          select: { carId: true },
        });
        await index([...new Set([id, ...cars.map((run) => carId(run.carId))])]);
        await execute(tx, END_FINDINGS, [revived, 'put-back']);
        await this.references.markRestored(tx, revived, 'its piece was put back in place');
        return true;
      },
      { timeout: 600_000 },
    );
  }

  /**
   * Gives this node's name to copies that were written before data folders had one, when they are those of this folder:
   * some of their files are in it. One statement: done wholly or not at all, and then again at the next start. Answers
   * whether it did.
   */
  async nameCopies(isHere: (id: CarId) => Promise<boolean>): Promise<boolean> {
    for (const { id } of await query(this.database, UNNAMED_COPIES, [])) {
      if (!(await isHere(carId(id)))) continue;
      await execute(this.database, NAME_COPIES, [this.place, this.node.id]);
      return true;
    }
    return false;
  }

  /** One process of this node at a time: for what they share in its folder. */
  async exclusively<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.database.exclusively(`${what}.${this.node.id}`, work);
  }

  private get place(): string {
    return placeOf(this.node.id);
  }

  private get readable() {
    return { place: this.place, state: { in: READABLE_COPIES } };
  }

  private get withCopies() {
    return { copies: { where: this.readable, select: { place: true } } };
  }

  private async sealIn(tx: Tx, id: CarId, finished: SealedCar): Promise<boolean> {
    const [car] = await tx.car.updateManyAndReturn({
      where: { id, state: 'open' },
      data: { state: 'sealed', sealedAt: new Date(), root: finished.root, bytes: finished.bytes },
    });
    if (!car) return false;
    await execute(tx, VERIFY_COPIES, [[id]]);
    await execute(tx, CONFIRM_COPY, [id, this.place, finished.checksum]);
    const { terms, userId: user } = recordOf({ ...car, copies: [] });
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

function recordOf(row: CarRow & { copies: unknown[] }): CarRecord {
  return {
    id: carId(row.id),
    kind: row.kind as CarKind,
    owner: row.owner,
    state: row.state as CarState,
    hot: row.copies.length > 0,
    bytes: Number(row.bytes),
    root: row.root,
    terms: dealTermsSchema.nullable().parse(row.terms),
    userId: row.userId === null ? null : userId(row.userId),
    createdAt: row.createdAt,
  };
}

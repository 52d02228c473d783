import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, json, query, type Tx } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId, type CarId } from '../../shared/index.js';
import { placeOf, type CarKind } from '../domain/car.js';
import { coverage, type Stretch } from '../domain/run-coverage.js';
import { dagDamaged } from '../domain/storage.events.js';
import { DagReferences } from '../ports/dag-references.port.js';
import { DISCARD_UNUSED, END_COPIES, SETTLE_COPY } from './car.sql.js';
import { ADD_FINDINGS, ADD_MENDED, END_FINDINGS } from './damage.sql.js';
import {
  CONFIRM_COPY,
  COOL_DAGS,
  COPIES_AT,
  DAGS_OVER,
  DAMAGED_DAGS,
  DUE_COPIES,
  FORGET_RUNS,
  LEAVE_DAMAGED,
  LOCK_COPY,
  LOCK_DAMAGED_DAGS,
  LOCK_DAGS_OVER,
  LOOK_NEXT,
  REVIVE_DAMAGED,
  RUNS_IN,
  SCRUB_FIGURES,
  SPOIL_COPY,
} from './copy.sql.js';

/** A sealed CAR that lies here and is to be read again. */
export interface DueCopy {
  carId: CarId;
  kind: CarKind;
  state: 'verified' | 'damaged';
  /** Length of the file. */
  bytes: number;
  /** SHA-256 of the whole file, where it was ever read; then it holds nothing but right sections. */
  checksum: Uint8Array | null;
  /** Named in the header. */
  root: string;
}

/** What is damaged, or not there at all. */
export interface Damage {
  carId: CarId;
  /** Of the file; a file that is not there is damaged from 0 on. */
  stretches: readonly Stretch[];
  isGone: boolean;
  /** For owners and operators: stands in timelines and logs. */
  cause: string;
}

/** Since the last look at the copies of this node. */
export interface ScrubFigures {
  copies: number;
  damaged: number;
  /** Sealed, and not read since. */
  unread: number;
  /** When the copy that waits longest was read. */
  oldest: Date | null;
  /** DAGs that are cold by damage. */
  dags: number;
}

const PAGE = 1000;
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** Rows of the copies of CARs at this node's place: whether they are what was sealed, and what follows when not. */
@Injectable()
export class PostgresCopyStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly references: DagReferences,
    private readonly node: NodeIdentity,
  ) {}

  /**
   * DAGs with runs over these stretches are cold from now on, and `dag.damaged` is announced for each; the copy is
   * 'damaged', or 'gone' with its file. In a CAR that is no piece (open, or a copy that was retrieved) their runs go.
   *
   * `isStill` is asked under the locks: what was moved, deleted or mended meanwhile is no damage. Answers the roots;
   * empty when nobody wants these bytes (any more), null when there is no damage.
   */
  async markDamaged(damage: Damage, isStill: () => Promise<boolean>): Promise<string[] | null> {
    return this.database.transaction((tx) => this.markIn(tx, damage, isStill), { timeout: 60_000 });
  }

  /** The scrub reads this copy next. */
  async lookNext(id: CarId): Promise<void> {
    await execute(this.database, LOOK_NEXT, [id, this.place]);
  }

  /** Not read since `before`: those first that are to be looked at next. */
  async due(before: Date, limit: number): Promise<DueCopy[]> {
    const rows = await query(this.database, DUE_COPIES, [this.place, before, limit]);
    return rows.map(({ id, kind, state, bytes, checksum, root }) => ({
      carId: carId(id),
      kind: kind as CarKind,
      state: state as DueCopy['state'],
      bytes: Number(bytes),
      checksum,
      root: root ?? '',
    }));
  }

  /** So many places in its file were damaged, and are right again before anything went cold. */
  async noteMended(id: CarId, places: number): Promise<void> {
    await execute(this.database, ADD_MENDED, [id, this.place, `places in its file that were damaged: ${places}`]);
  }

  /** All of it was read and is right. */
  async confirm(id: CarId, checksum: Uint8Array): Promise<void> {
    await execute(this.database, CONFIRM_COPY, [id, this.place, checksum]);
  }

  /**
   * The same of a copy that was damaged: DAGs that were cold by damage, and can be read here from their first run to
   * their last, are hot again. `index` is called before that is true, with where they lie in this CAR. Answers how many.
   */
  async confirmAgain(
    id: CarId,
    checksum: Uint8Array,
    index: (stretches: readonly Stretch[]) => Promise<void>,
  ): Promise<number> {
    return this.database.transaction(
      async (tx) => {
        const dags = await query(tx, LOCK_DAMAGED_DAGS, [id]);
        const ids = dags.map((dag) => dag.id);
        await query(tx, LOCK_COPY, [id, this.place]);
        await execute(tx, CONFIRM_COPY, [id, this.place, checksum]);
        if (ids.length === 0) return 0;
        const runs = await query(tx, RUNS_IN, [id, ids]);
        await index(coverage(runs.map(({ offset, length }) => ({ offset: Number(offset), length: Number(length) }))));
        const revived = new Set((await query(tx, REVIVE_DAMAGED, [ids, this.place])).map((dag) => dag.id));
        await execute(tx, END_FINDINGS, [[...revived], 'put-back']);
        await this.references.markRestored(tx, [...revived], 'its CAR on this node is what was sealed again');
        for (const dag of dags.filter((each) => revived.has(each.id)))
          await this.references.announceRestored(tx, { root: dag.root, bytes: Number(dag.size) });
        return revived.size;
      },
      { timeout: 600_000 },
    );
  }

  /** All of it was read and is not right. */
  async leaveDamaged(id: CarId): Promise<void> {
    await execute(this.database, LEAVE_DAMAGED, [id, this.place]);
  }

  /** Every CAR that should have a file here, and the least length that it should have. */
  async *expected(): AsyncGenerator<{ carId: CarId; bytes: number; sealed: boolean }> {
    let after = NO_ID;
    for (;;) {
      const rows = await query(this.database, COPIES_AT, [this.place, after, PAGE]);
      for (const { id, bytes, state } of rows)
        yield { carId: carId(id), bytes: Number(bytes), sealed: state === 'sealed' };
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.id;
    }
  }

  /**
   * CARs that a process was putting back when it died: 'damaged' until the scrub has read them, where the file is whole
   * by its length, else 'gone'. For the start of the process that puts CARs back.
   */
  async settleUnfinished(isWhole: (id: CarId, bytes: number) => Promise<boolean>): Promise<void> {
    for (const { id, bytes } of await query(this.database, END_COPIES, [this.place])) {
      const state = (await isWhole(carId(id), Number(bytes))) ? 'damaged' : 'gone';
      await execute(this.database, SETTLE_COPY, [id, this.place, state]);
    }
  }

  async figures(): Promise<ScrubFigures> {
    const [row] = await query(this.database, SCRUB_FIGURES, [this.place]);
    return row ?? { copies: 0, damaged: 0, unread: 0, oldest: null, dags: 0 };
  }

  /** Announces again what is still damaged and wanted: a miner may hold it by now. Answers how many. */
  async announceDamaged(): Promise<number> {
    let announced = 0;
    for (let after = 0n; ;) {
      const rows = await query(this.database, DAMAGED_DAGS, [after, PAGE]);
      const last = rows.at(-1);
      if (!last) return announced;
      await this.database.transaction((tx) =>
        this.outbox.addMany(
          tx,
          dagDamaged,
          rows.map(({ root }) => ({ root, cause: 'still damaged' })),
        ),
      );
      announced += rows.length;
      after = last.id;
    }
  }

  private async markIn(tx: Tx, damage: Damage, isStill: () => Promise<boolean>): Promise<string[] | null> {
    const stretches = json(damage.stretches.map(({ offset, length }) => ({ offset, length })));
    const dags = await query(tx, LOCK_DAGS_OVER, [damage.carId, stretches]);
    const [car] = await query(tx, LOCK_COPY, [damage.carId, this.place]);
    const isWanted = car && car.car !== 'discarded' && car.copy !== null && car.copy !== 'gone';
    if (!isWanted) return [];
    if (!(await isStill())) return null;
    const still = await query(tx, DAGS_OVER, [damage.carId, stretches, dags.map(({ id }) => id)]);
    const ids = still.map(({ id }) => id);
    await execute(tx, SPOIL_COPY, [damage.carId, this.place, damage.isGone ? 'gone' : 'damaged']);
    if (ids.length === 0) return [];
    await execute(tx, COOL_DAGS, [ids]);
    const kind = damage.isGone ? 'missing' : 'damaged';
    await execute(tx, ADD_FINDINGS, [damage.carId, this.place, kind, damage.cause, ids]);
    if (car.car === 'open' || car.kind === 'copy') await execute(tx, FORGET_RUNS, [damage.carId, ids]);
    if (car.kind === 'copy') await query(tx, DISCARD_UNUSED, [[damage.carId]]);
    await this.references.markDamaged(tx, ids, damage.cause);
    const roots = dags.filter(({ id }) => ids.includes(id)).map(({ root }) => root);
    await this.outbox.addMany(
      tx,
      dagDamaged,
      roots.map((root) => ({ root, cause: damage.cause })),
    );
    return roots;
  }

  private get place(): string {
    return placeOf(this.node.id);
  }
}

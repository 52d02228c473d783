import type { Readable, Writable } from 'node:stream';
import type { AppConfig } from '../../config/index.js';
import {
  DatabaseRefill,
  DatabaseSnapshot,
  execute,
  query,
  type CopiedSequence,
  type CopiedTable,
} from '../../platform/prisma/index.js';
import type { NodeIdentity } from '../../platform/process/index.js';
import { placeOf } from '../domain/car.js';
import { CARS_ELSEWHERE, CARS_TO_KEEP, LOOK_AT } from './backup.sql.js';

/** One file that belongs into the backup. */
export interface CarToKeep {
  id: string;
  state: 'open' | 'sealed';
  /** How much of its file is wanted. */
  bytes: number;
  /**
   * 'damaged': most of its blocks can be read all the same. 'gone': its file was found missing, and DAGs are cold for
   * want of it. */
  copy: 'right' | 'damaged' | 'gone';
}

/** Holds of the moment of a backup: a restored platform has nothing to hold back. */
const LEFT_OUT = new Set(['removal_holds']);
/** Every database has these rows from the beginning. */
const NEVER_EMPTY = new Set(['platform_identity']);

/** All rows of the platform at one moment. Close it. */
export class BackupRows {
  private constructor(
    private readonly snapshot: DatabaseSnapshot,
    private readonly place: string,
  ) {}

  /** The moment is that of the call. */
  static async open(config: AppConfig, node: NodeIdentity): Promise<BackupRows> {
    return new BackupRows(await DatabaseSnapshot.open(config), placeOf(node.id));
  }

  /** Each after those that it refers to, without what holds only for the moment. */
  async tables(): Promise<CopiedTable[]> {
    return (await this.snapshot.tables()).filter(({ name }) => !LEFT_OUT.has(name));
  }

  /** One at a time, read to the end. */
  copyOut(table: CopiedTable): Readable {
    return this.snapshot.copyOut(table);
  }

  async sequences(): Promise<CopiedSequence[]> {
    return this.snapshot.sequences();
  }

  async migrations(): Promise<string[]> {
    return this.snapshot.migrations();
  }

  /** CARs of this node that are wanted, and how much of each. */
  async carsHere(): Promise<CarToKeep[]> {
    const rows = await query(this.snapshot, CARS_TO_KEEP, [this.place]);
    return rows.map(({ id, state, bytes, copy }) => ({
      id,
      state: state === 'sealed' ? 'sealed' : 'open',
      bytes: Number(bytes),
      copy: copy === 'damaged' || copy === 'gone' ? copy : 'right',
    }));
  }

  /** CARs that only other nodes have. */
  async carsElsewhere(): Promise<number> {
    return (await query(this.snapshot, CARS_ELSEWHERE, [this.place]))[0]?.cars ?? 0;
  }

  async close(): Promise<void> {
    await this.snapshot.close();
  }
}

/** An empty database on its way to be a restored one: one transaction. Close it. */
export class RestoredRows {
  private constructor(private readonly refill: DatabaseRefill) {}

  /** One transaction, which nobody sees before `commit`. */
  static async open(config: AppConfig): Promise<RestoredRows> {
    return new RestoredRows(await DatabaseRefill.open(config));
  }

  async migrations(): Promise<string[]> {
    return this.refill.migrations();
  }

  /** Tables in which somebody's rows stand. */
  async used(): Promise<string[]> {
    return (await this.refill.used(await this.refill.tables())).filter((name) => !NEVER_EMPTY.has(name));
  }

  /** Their triggers sleep until `commit`. */
  async empty(tables: readonly CopiedTable[]): Promise<void> {
    await this.refill.empty(tables);
  }

  /** A table after those that it refers to; one at a time. */
  copyIn(table: CopiedTable): Writable {
    return this.refill.copyIn(table);
  }

  /** Files of these CARs are there, at the place of this node, whatever the rows say: the scrub looks at them first. */
  async lookAt(nodeId: string, carIds: readonly string[]): Promise<void> {
    await execute(this.refill, LOOK_AT, [placeOf(nodeId), carIds]);
  }

  /** All of it at once. @throws the database's error; then nothing was changed */
  async commit(tables: readonly CopiedTable[], sequences: readonly CopiedSequence[]): Promise<void> {
    await this.refill.commit(tables, sequences);
  }

  async close(): Promise<void> {
    await this.refill.close();
  }
}

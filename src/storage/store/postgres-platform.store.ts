import { Injectable } from '@nestjs/common';
import { Database, execute, query } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId, type CarId } from '../../shared/index.js';
import { placeOf } from '../domain/car.js';
import {
  END_HOLD,
  EXPECTED_FILES,
  EXTEND_HOLD,
  IDENTITY,
  IS_HELD,
  KNOWN_CARS,
  NEW_IDENTITY,
  NEXT_GENERATION,
  TAKE_HOLD,
  TAKE_IDENTITY,
} from './platform.sql.js';

/** What the database says of the platform that it belongs to. */
export interface PlatformRow {
  id: string;
  generation: bigint;
  knowsCars: boolean;
}

/** Tables `platform_identity` and `removal_holds`, and what a start asks of CARs before it trusts the database. */
@Injectable()
export class PostgresPlatformStore {
  constructor(
    private readonly database: Database,
    private readonly node: NodeIdentity,
  ) {}

  async identity(): Promise<PlatformRow> {
    const [row] = await query(this.database, IDENTITY, []);
    if (row) return { id: row.id, generation: row.generation, knowsCars: row.knows_cars };
    await execute(this.database, NEW_IDENTITY, []);
    return this.identity();
  }

  /** Counts on, above `seen`. Durable when it resolves: the folder may write the number down. */
  async nextGeneration(seen: bigint): Promise<bigint> {
    const [row] = await query(this.database, NEXT_GENERATION, [seen]);
    if (!row) throw new Error('the database has no platform id');
    return row.generation;
  }

  /** The database belongs to the platform of this id from now on. */
  async takeIdentity(id: string): Promise<void> {
    await execute(this.database, TAKE_IDENTITY, [id]);
  }

  /** Of these CARs, those that the database knows, in whatever state. */
  async known(ids: readonly CarId[]): Promise<Set<CarId>> {
    return new Set((await query(this.database, KNOWN_CARS, [ids])).map(({ id }) => carId(id)));
  }

  /** CARs that somebody wants and whose bytes should lie in this node's folder. */
  async expectedHere(): Promise<CarId[]> {
    return (await query(this.database, EXPECTED_FILES, [placeOf(this.node.id)])).map(({ id }) => carId(id));
  }

  /** Nobody removes a CAR file from now on and for so long, whatever rows say. Answers the hold's id. */
  async hold(reason: string, ms: number): Promise<string> {
    const [row] = await query(this.database, TAKE_HOLD, [reason, ms]);
    if (!row) throw new Error('a hold was to be made');
    return row.id;
  }

  /** False when the hold had run out: files may have been removed meanwhile. */
  async extendHold(id: string, ms: number): Promise<boolean> {
    return (await execute(this.database, EXTEND_HOLD, [id, ms])) === 1;
  }

  async endHold(id: string): Promise<void> {
    await execute(this.database, END_HOLD, [id]);
  }

  /** Whether files have to stay. Asked after the rows that give a file up have committed, and before it is removed. */
  async isHeld(): Promise<boolean> {
    const [row] = await query(this.database, IS_HELD, []);
    return row?.held === true;
  }
}

import type { CarId, UserId } from '../../shared/index.js';
import type { DealTerms } from '../domain/deal-terms.js';

export type CarKind = 'segment' | 'single' | 'copy';
/** The process that may append to a CAR while it is open. */
export type CarOwner = 'api' | 'worker';

export interface CarRecord {
  id: CarId;
  kind: CarKind;
  owner: CarOwner;
  state: 'open' | 'sealed' | 'committed' | 'discarded';
  hot: boolean;
  /** Durable length of the file. */
  bytes: number;
  root: string | null;
  terms: DealTerms | null;
  userId: UserId | null;
  createdAt: Date;
}

/** A run that a DAG still wants, with the DAG's root. */
export interface LiveRun {
  dagId: bigint;
  root: string;
  copy: number;
  seq: number;
  offset: number;
  length: number;
}

/** What Postgres knows of CAR files. The files follow these rows: a file without a row, or longer than its row says, is a leftover. */
export abstract class CarLedger {
  /** Before the file is made. */
  abstract open(car: Pick<CarRecord, 'id' | 'kind' | 'owner'>): Promise<void>;
  abstract openCars(owner: CarOwner): Promise<CarRecord[]>;
  abstract find(ids: readonly CarId[]): Promise<CarRecord[]>;
  /** Every CAR that should have a file here, open ones included. */
  abstract hotCars(): Promise<CarRecord[]>;
  /** By offset. */
  abstract liveRuns(carId: CarId): Promise<LiveRun[]>;
  /** After an open CAR was cut back to what is known. */
  abstract cut(carId: CarId, bytes: number): Promise<void>;
  /** open -> sealed, and `car.sealed` is announced. False when it was not open (any more). */
  abstract seal(carId: CarId, finished: { root: string; bytes: number }): Promise<boolean>;
  /**
   * A rewritten segment takes the old one's place, sealed: `moved` tells the new offset of each run that is still alive.
   * The old CAR is discarded. False when the old one was not open (any more).
   */
  abstract replace(
    oldId: CarId,
    fresh: { id: CarId; root: string; bytes: number },
    moved: (run: LiveRun) => number,
  ): Promise<boolean>;
  /** Nobody will ever ask for these again: their files may go. Only CARs without a run; answers which were discarded. */
  abstract discard(ids: readonly CarId[]): Promise<CarId[]>;
  /** The file is back (a repair): DAGs whose every original run is on this node are hot again. */
  abstract putBack(carId: CarId): Promise<void>;
  /** One process of this platform at a time. */
  abstract exclusively<T>(what: string, run: () => Promise<T>): Promise<T>;
}

import { v7 } from 'uuid';
import { carId, type CarId, type DealTerms, type UserId } from '../../shared/index.js';

export type CarKind = 'segment' | 'single' | 'copy';
/** The process that may append to a CAR while it is open. */
export type CarOwner = 'api' | 'worker';

/** Every state of a CAR, and the only transitions between them. A sealed one never changes; of a discarded one nothing is wanted. */
export const carTransitions = {
  open: ['sealed', 'discarded'],
  sealed: ['discarded'],
  discarded: [],
} as const;
export type CarState = keyof typeof carTransitions;

export interface CarRecord {
  id: CarId;
  kind: CarKind;
  owner: CarOwner;
  state: CarState;
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

/** A UUID that begins with the time (RFC 9562, 5.7): CARs sort as they were made, in the folder and in the database. */
export function newCarId(): CarId {
  return carId(v7());
}

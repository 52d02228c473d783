import { v7 } from 'uuid';
import { carId, type CarId, type DealTerms, type UserId } from '../../shared/index.js';

/** `segment`: small uploads share it; `single`: of one upload; `copy`: of retrieved DAGs, never dealt. */
export type CarKind = 'segment' | 'single' | 'copy';
/** The process that may append to a CAR while it is open: `NodeIdentity.processName`. */
export type CarOwner = string;

/**
 * A copy of a CAR at one place: `node:<node id>`, the data folder of a node. 'writing': its CAR is open there,
 * `cars.bytes` is what is durable of it. 'verified': all bytes are there. 'damaged': a check found otherwise; most
 * of its blocks can be read all the same, each is hashed on the way. 'gone': taken away. A sealed CAR whose copy is
 * 'writing' is being put back.
 */
export type CopyState = 'writing' | 'verified' | 'damaged' | 'gone';
/** Copies that have a file. */
export const READABLE_COPIES: CopyState[] = ['writing', 'verified', 'damaged'];

/** Where the CARs of a node lie. */
export function placeOf(nodeId: string): string {
  return `node:${nodeId}`;
}

/**
 * Every state of a CAR, and the only transitions between them. A sealed one never changes; of a discarded one nothing
 * is wanted.
 */
export const carTransitions = {
  open: ['sealed', 'discarded'],
  sealed: ['discarded'],
  discarded: [],
} as const;
/** Kept as text in the rows. */
export type CarState = keyof typeof carTransitions;

/** A CAR as this node sees it. */
export interface CarRecord {
  id: CarId;
  kind: CarKind;
  owner: CarOwner;
  state: CarState;
  /** A copy of it on this node can be read. */
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

import type { CarId, DealTerms, UserId } from '../../shared/index.js';

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

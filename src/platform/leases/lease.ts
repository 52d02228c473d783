import { DomainError } from '../../shared/index.js';

/** The right to work on one row, until `until` or as long as it is extended. */
export interface Lease {
  /** Of the row, as text. */
  readonly key: string;
  /**
   * Fencing number: grows with every claim of the row, so that a worker that lost its lease is told from its successor.
   */
  readonly number: number;
  /** Its end as claimed. */
  readonly until: Date;
}

/** A lease just claimed, with what its definition returns of the row. */
export type Claimed<Row extends object> = Lease & {
  /** Since when the row was due: the scheduled check, or the end of the lease that its last holder lost. */
  readonly dueSince: Date;
  readonly row: Row;
};

/** Somebody else has the row now, or nobody: whoever holds this stops and writes nothing more. */
export class LeaseLost extends DomainError {
  readonly code = 'ERR_LEASE_LOST';
  override readonly status = 409;
}

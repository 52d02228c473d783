import type { CarId } from '../../shared/index.js';
import type { Stretch } from './run-coverage.js';

/** Bytes that nobody wants here any more, by CAR. */
export interface ReclaimableBytes {
  /** Files that may go as a whole. */
  files: CarId[];
  /** Bytes of those files, whoever removes them in the end. */
  freedBytes: number;
  /** Stretches of files that stay for the sake of others. */
  stretches: { carId: CarId; stretches: Stretch[] }[];
  /** Bytes of those stretches: freed when their file is compacted or goes. */
  pendingBytes: number;
}

export const NOTHING_RECLAIMABLE: ReclaimableBytes = { files: [], freedBytes: 0, stretches: [], pendingBytes: 0 };

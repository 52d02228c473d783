import type { AppConfig } from '../../config/index.js';
import type { WriterFence } from '../../platform/process/index.js';
import type { CarOwner } from '../domain/car.js';
import type { PostgresCarStore } from '../store/postgres-car.store.js';
import type { BlockIndex } from '../blocks/block-index.js';
import type { LocalCarFolder } from '../places/local-car-folder.js';
import type { DiskSpace } from '../places/disk-space.js';

/** A DAG joins the segment up to CONTENT_SMALL_LIMIT and this: the nodes that a file of just that size has on top. */
const NODES_ALLOWANCE = 64 * 1024;

export interface CarLimits {
  /** No CAR passes this. */
  carBytes: number;
  /** DAGs up to this many block bytes join the segment. */
  smallBytes: number;
  segmentBytes: number;
  segmentAgeMs: number;
  /** Replication of contents that do not ask for one. */
  replication: number;
}

export function limitsOf({ values }: AppConfig): CarLimits {
  return {
    carBytes: values.PIECE_CAR_LIMIT,
    smallBytes: values.CONTENT_SMALL_LIMIT + NODES_ALLOWANCE,
    segmentBytes: Math.min(values.SEGMENT_MAX_BYTES, values.PIECE_CAR_LIMIT),
    segmentAgeMs: values.SEGMENT_MAX_AGE_SECONDS * 1000,
    replication: values.DEALS_REPLICATION,
  };
}

/** What everybody who writes CARs in this process works with. */
export class NodeFiles {
  constructor(
    readonly owner: CarOwner,
    readonly folder: LocalCarFolder,
    readonly index: BlockIndex,
    readonly cars: PostgresCarStore,
    readonly space: DiskSpace,
    readonly limits: CarLimits,
  ) {}

  /** Asked before anything is acknowledged. */
  get fence(): WriterFence {
    return this.cars.fence;
  }
}

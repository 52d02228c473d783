export { StorageModule } from './storage.module.js';
export { coverage, coveredBytes, movedOffset, type Stretch, uncovered } from './domain/run-coverage.js';
export {
  CarWriteFailed,
  DagNotReferenced,
  DiskFull,
  NotOffloadable,
  ReferenceRefused,
  RootMissing,
} from './domain/storage.errors.js';
export { carGone, carSealed, dagGone } from './domain/storage.events.js';
export type { CarKind, CarOwner, CarRecord } from './domain/car.js';
export { CarFiles } from './ports/car-files.port.js';
export { CarReclaimer } from './cars/car-reclaimer.js';
export {
  type CommittedContent,
  DagReferences,
  type NewContent,
  type NewRun,
  type WrittenCar,
} from './ports/dag-references.port.js';
export { type AdoptOptions, type DagIntake, type DagRun, DagStore, type StoredDag } from './ports/dag-store.port.js';
export { HotBlocks } from './ports/hot-blocks.port.js';
export { HotRoots, type HotRootsPage } from './ports/hot-roots.port.js';
export { DagFigures } from './store/dag-figures.query.js';

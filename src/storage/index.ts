export { StorageModule } from './storage.module.js';
export {
  CarNotHere,
  CarWriteFailed,
  DagNotReferenced,
  DiskFull,
  NotOffloadable,
  ReferenceRefused,
  RootMissing,
} from './domain/storage.errors.js';
export { carGone, carSealed, dagDamaged, dagGone } from './domain/storage.events.js';
export type { ReclaimableBytes } from './domain/run-coverage.js';
export { CarFiles } from './ports/car-files.port.js';
export { RemoveDags } from './cars/remove-dags.js';
export {
  type CommittedUpload,
  DagReferences,
  type NewDag,
  type NewRun,
  type NewUpload,
  type WrittenCar,
} from './ports/dag-references.port.js';
export {
  type CommittedDag,
  type DagIntake,
  type DagReference,
  type DagRun,
  DagStore,
  type IntakeRoot,
  type StoredDag,
} from './ports/dag-store.port.js';
export { HotBlocks } from './ports/hot-blocks.port.js';
export { HotRoots, type HotRootsPage } from './ports/hot-roots.port.js';
export {
  type DamageFinding,
  DamageFindings,
  type DamageOutcome,
  damageOutcomes,
} from './store/damage-findings.query.js';
export { DagFigures } from './store/dag-figures.query.js';

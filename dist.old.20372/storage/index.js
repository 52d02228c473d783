export { StorageModule } from './storage.module.js';
export { CarNotHere, CarWriteFailed, DagNotReferenced, DiskFull, NotOffloadable, ReferenceRefused, RootMissing } from './domain/storage.errors.js';
export { carGone, carSealed, dagGone } from './domain/storage.events.js';
export { CarFiles } from './ports/car-files.port.js';
export { RemoveDags } from './cars/remove-dags.js';
export { DagReferences } from './ports/dag-references.port.js';
export { DagStore } from './ports/dag-store.port.js';
export { HotBlocks } from './ports/hot-blocks.port.js';
export { HotRoots } from './ports/hot-roots.port.js';
export { DagFigures } from './store/dag-figures.query.js';

//# sourceMappingURL=index.js.map

export { walkDag, type WalkOptions } from './domain/dag-walk.js';
export { DagTooLarge, UndecodableBlock, UnsupportedDag } from './domain/pinning.errors.js';
export { pinChanged } from './domain/pinning.events.js';
export { PinningHttpModule, PinningJobsModule, PinningModule } from './pinning.module.js';
export { DagFetcher, type FetchedBlock, type FetchOptions } from './ports/dag-fetcher.port.js';

export { type DealTerms, dealTermsSchema } from './domain/deal-terms.js';
export { carGone, carSealed, contentDeleted, contentOffloaded, contentRestored, contentStored, dagGone } from './domain/content.events.js';
export { CarFiles } from './ports/car-files.port.js';
export { type AdoptOptions, type DagIntake, type DagRun, DagStore, type StoredDag } from './ports/dag-store.port.js';
export { HotBlocks } from './ports/hot-blocks.port.js';

export { pinChanged } from './domain/pinning.events.js';
export { DagFetcher, type FetchedBlock, type FetchOptions } from './ports/dag-fetcher.port.js';

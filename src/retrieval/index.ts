export { RetrievalHttpModule, RetrievalJobsModule, RetrievalModule, RetrievalPortsModule } from './retrieval.module.js';
export { FetchFailed, type FetchReason, RetrievalFailed, RetrievalPending } from './domain/retrieval.errors.js';
export { retrievalAttempted, retrievalFinished } from './domain/retrieval.events.js';
export { type FetchLimits, MinerFetcher, type PieceRange } from './ports/miner-fetcher.port.js';
export { type NodeRetrieval, NodeRetriever } from './ports/node-retriever.port.js';
export { Retrievals } from './verbs/retrievals.js';

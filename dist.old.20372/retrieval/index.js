export { RetrievalHttpModule, RetrievalJobsModule, RetrievalModule, RetrievalPortsModule } from './retrieval.module.js';
export { FetchFailed, RetrievalFailed, RetrievalPending } from './domain/retrieval.errors.js';
export { retrievalAttempted, retrievalFinished } from './domain/retrieval.events.js';
export { MinerFetcher } from './ports/miner-fetcher.port.js';
export { NodeRetriever } from './ports/node-retriever.port.js';
export { Retrievals } from './verbs/retrievals.js';

//# sourceMappingURL=index.js.map

import { BlockMap } from './block-map.js';
import { describeDagFetcherContract } from './dag-fetcher.contract.js';
import { InMemoryDagFetcher } from './in-memory-dag-fetcher.js';

describeDagFetcherContract('in memory', () => {
  const fetcher = new InMemoryDagFetcher();
  const remote = new BlockMap();
  fetcher.addPeer('/memory/1', remote);
  return Promise.resolve({ fetcher, remote, origin: '/memory/1', deadOrigin: '/memory/2', close: () => Promise.resolve() });
});

import { InMemoryMinerStore } from './in-memory-miner-store.js';
import { describeMinerStoreContract } from './miner-store.contract.js';

describeMinerStoreContract('InMemoryMinerStore', async () => {
  const store = new InMemoryMinerStore();
  return { store, announced: async () => store.announced };
});

import { InMemoryProviderRecordStore } from './in-memory-provider-record-store.js';
import { describeProviderRecordStoreContract } from './provider-record-store.contract.js';

describeProviderRecordStoreContract('in memory', (clock) => {
  const store = new InMemoryProviderRecordStore(clock);
  return Promise.resolve({ store, empty: () => Promise.resolve(store.clear()), close: () => Promise.resolve() });
});

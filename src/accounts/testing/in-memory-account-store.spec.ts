import { describeAccountStoreContract } from './account-store.contract.js';
import { InMemoryAccountStore } from './in-memory-account-store.js';

describeAccountStoreContract('in memory', () => new InMemoryAccountStore());

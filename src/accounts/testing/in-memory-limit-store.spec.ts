import { randomUUID } from 'node:crypto';
import { userId } from '../../shared/index.js';
import { InMemoryLimitStore } from './in-memory-limit-store.js';
import { describeLimitStoreContract } from './limit-store.contract.js';

describeLimitStoreContract(
  'in memory',
  () => new InMemoryLimitStore(),
  () => Promise.resolve(userId(randomUUID())),
);

import type { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import type { AccountStore } from '../ports/account-store.port.js';
import type { LimitStore } from '../ports/limit-store.port.js';
import { PrismaAccountStore } from './prisma-account-store.js';
import { PrismaLimitStore } from './prisma-limit-store.js';

/** The store with a connection of its own, for commands that run outside the processes. */
export function openAccountStore(config: AppConfig): {
  store: AccountStore;
  limits: LimitStore;
  close: () => Promise<void>;
} {
  const database = new Database(config);
  return {
    store: new PrismaAccountStore(database),
    limits: new PrismaLimitStore(database),
    close: () => database.$disconnect(),
  };
}

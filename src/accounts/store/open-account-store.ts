import type { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import type { AccountStore } from '../ports/account-store.port.js';
import { PrismaAccountStore } from './prisma-account-store.js';

/** The store with a connection of its own, for commands that run outside the processes. */
export function openAccountStore(config: AppConfig): { store: AccountStore; close: () => Promise<void> } {
  const database = new Database(config);
  return { store: new PrismaAccountStore(database), close: () => database.$disconnect() };
}

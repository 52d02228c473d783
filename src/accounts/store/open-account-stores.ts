import type { AppConfig } from '../../config/index.js';
import { Database } from '../../platform/prisma/index.js';
import type { AccountStore } from '../ports/account-store.port.js';
import type { LimitStore } from '../ports/limit-store.port.js';
import type { LoginLinkStore } from '../ports/login-link-store.port.js';
import { PostgresAccountStore } from './postgres-account.store.js';
import { PostgresLimitStore } from './postgres-limit.store.js';
import { PostgresLoginLinkStore } from './postgres-login-link.store.js';

/** The stores with a connection of their own, for commands that run outside the processes. */
export function openAccountStores(config: AppConfig): {
  accounts: AccountStore;
  limits: LimitStore;
  loginLinks: LoginLinkStore;
  close: () => Promise<void>;
} {
  const database = new Database(config);
  return {
    accounts: new PostgresAccountStore(database),
    limits: new PostgresLimitStore(database),
    loginLinks: new PostgresLoginLinkStore(database),
    close: () => database.$disconnect(),
  };
}

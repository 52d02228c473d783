import type { UserId } from '../../shared/index.js';
import type { ApiKey, NewApiKey, User } from './account-store.port.js';

/** Links that log somebody in, once. */
export abstract class LoginLinkStore {
  /** Links that expired before `at` are forgotten on the way. */
  abstract add(link: { tokenHash: string; userId: UserId; expiresAt: Date }, at: Date): Promise<void>;
  /** Whether `use` would succeed now; changes nothing. */
  abstract isGood(tokenHash: string, at: Date): Promise<boolean>;
  /**
   * Uses it up and begins a session, both or neither; of many at once one succeeds. Null: unknown, used or expired.
   */
  abstract use(
    tokenHash: string,
    session: Omit<NewApiKey, 'userId' | 'scope'>,
    at: Date,
  ): Promise<{ user: User; key: ApiKey } | null>;
}

import type { UserId } from '../../shared/index.js';
import type { ApiKey, NewApiKey, User } from './account-store.port.js';

/** An account with what its password is compared with; null: it has none. */
export interface Credentials {
  user: User;
  passwordHash: string | null;
}

/** Somebody who shows an invite. */
export interface Registration {
  username: string;
  passwordHash: string;
  inviteCode: string;
  /** The first session of the new account. */
  session: Omit<NewApiKey, 'userId'>;
}

/** Passwords, and what is begun with them. Hashes leave the store for comparison alone. */
export abstract class CredentialStore {
  /** By the exact name: callers bring it into one case. */
  abstract named(username: string): Promise<Credentials | null>;
  abstract of(userId: UserId): Promise<Credentials | null>;
  /**
   * Claims the invite and makes the account with its first session: all of it or nothing, and once per invite, however
   * many come at once. @throws InvalidInvite, InviteAlreadyUsed, UsernameTaken (the invite stays good then)
   */
  abstract register(registration: Registration, at: Date): Promise<{ user: User; key: ApiKey }>;
  /**
   * Adds a session while the password is still the one that was compared. Null: it was changed meanwhile. Sessions of
   * the user that ended a week ago and more are forgotten on the way.
   */
  abstract openSession(session: NewApiKey, passwordHash: string, at: Date): Promise<ApiKey | null>;
  /**
   * Puts `next` in the place of `old` and revokes every session of the user but `keep`; API keys stay. False: `old` is no
   * longer what is kept.
   */
  abstract changePassword(
    userId: UserId,
    change: { old: string | null; next: string; keep: string },
    at: Date,
  ): Promise<boolean>;
  abstract setAddress(userId: UserId, address: string): Promise<void>;
}

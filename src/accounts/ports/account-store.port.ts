import type { UserId } from '../../shared/index.js';
import type { Role, Scope } from '../domain/caller.js';

export interface User {
  id: UserId;
  username: string;
  role: Role;
  createdAt: Date;
}

export interface ApiKey {
  id: string;
  userId: UserId;
  tokenHash: string;
  label: string;
  scope: Scope;
  expiresAt: Date | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export interface NewApiKey {
  userId: UserId;
  tokenHash: string;
  label: string;
  scope: Scope;
  expiresAt: Date | null;
}

/** Users and their keys. */
export abstract class AccountStore {
  /** Names are unique. @throws UsernameTaken */
  abstract addUser(username: string, role: Role): Promise<User>;
  abstract userByName(username: string): Promise<User | null>;
  /** Oldest first. */
  abstract listUsers(page: { limit: number; after?: UserId }): Promise<User[]>;

  abstract addKey(key: NewApiKey): Promise<ApiKey>;
  /** With its user; revoked and expired ones, too: the caller judges. One round trip. */
  abstract keyByHash(tokenHash: string): Promise<{ key: ApiKey; user: User } | null>;
  /** Not revoked ones, newest first. */
  abstract keysOf(userId: UserId): Promise<ApiKey[]>;
  /**
   * Revokes the user's key with this hash or id. Idempotent: false when there is no such living key.
   * Another user's key is no such key.
   */
  abstract revokeKey(userId: UserId, which: { tokenHash?: string; id?: string }, at: Date): Promise<boolean>;
  abstract touchKey(id: string, at: Date): Promise<void>;
}

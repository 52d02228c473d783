import type { UserId } from '../../shared/index.js';
import type { KeyKind, Role, Scope } from '../domain/caller.js';

/** Somebody with an account. */
export interface User {
  id: UserId;
  /** In lower case, unique. */
  username: string;
  role: Role;
  /** Filecoin address; '' where the user named none. */
  address: string;
  createdAt: Date;
}

/** A key as it is kept: its token is not. */
export interface ApiKey {
  id: string;
  userId: UserId;
  /** SHA-256 of the token, base64url: it can be told to its owner, and nobody can make the token out of it. */
  tokenHash: string;
  label: string;
  kind: KeyKind;
  scope: Scope;
  /** Null: never. */
  expiresAt: Date | null;
  createdAt: Date;
  /** Up to a minute old: not every use is written. Null: never used. */
  lastUsedAt: Date | null;
  /** Null: not revoked. What is revoked stays revoked. */
  revokedAt: Date | null;
}

/** What `addKey` needs; the store adds id and times. */
export interface NewApiKey {
  userId: UserId;
  tokenHash: string;
  label: string;
  /** Default: `key`. */
  kind?: KeyKind;
  scope: Scope;
  expiresAt: Date | null;
  /** The admin who acts in the user's name. */
  actedBy?: UserId;
}

/** Users and their keys. */
export abstract class AccountStore {
  /** Names are unique. @throws UsernameTaken */
  abstract addUser(username: string, role: Role): Promise<User>;
  /** By the exact name: callers bring it into one case. */
  abstract userByName(username: string): Promise<User | null>;
  /** Oldest first. */
  abstract listUsers(page: { limit: number; after?: UserId }): Promise<User[]>;

  /** Gives it an id and the time of now. */
  abstract addKey(key: NewApiKey): Promise<ApiKey>;
  /** With its user, and the name of who acts by it; revoked and expired ones, too: the caller judges. One round trip. */
  abstract keyByHash(tokenHash: string): Promise<{ key: ApiKey; user: User; actor: string | null } | null>;
  /** Not revoked ones, newest first. */
  abstract keysOf(userId: UserId): Promise<ApiKey[]>;
  /**
   * Revokes the user's key with this hash or id. Idempotent: false when there is no such living key.
   * Another user's key is no such key.
   */
  abstract revokeKey(userId: UserId, which: { tokenHash?: string; id?: string }, at: Date): Promise<boolean>;
  /** Revokes every session of the user but the one with the id `keep`; API keys stay. */
  abstract revokeSessions(userId: UserId, keep: string, at: Date): Promise<void>;
  /** Notes that the key was used. Unknown ids are passed over. */
  abstract touchKey(id: string, at: Date): Promise<void>;
}

import type { UserId } from '../../shared/index.js';

/** What a key may do; each scope includes those before it. Estuary's levels. */
export const SCOPE_LEVELS = { upload: 1, user: 2, admin: 10 } as const;

/** `upload`: send contents; `user`: all that an account may do; `admin`: the operator's routes as well. */
export type Scope = keyof typeof SCOPE_LEVELS;
/** Of a person, not of a key: only keys of users with the role `admin` reach the scope `admin`. */
export type Role = 'user' | 'admin';

/** From the least to the most, for schemas that check input. */
export const SCOPES = Object.keys(SCOPE_LEVELS) as [Scope, ...Scope[]];

/** Whether a key with the scope `held` may do what `asked` asks for. */
export function includesScope(held: Scope, asked: Scope): boolean {
  return SCOPE_LEVELS[held] >= SCOPE_LEVELS[asked];
}

/** A user's key never reaches further than the user, whatever its row says. */
export function effectiveScope(keyScope: Scope, role: Role): Scope {
  return keyScope === 'admin' && role !== 'admin' ? 'user' : keyScope;
}

/**
 * `key`: made by its owner for a program. `session`: the bearer token of a login. `browser`: a session of the page, which
 * only a cookie can show.
 */
export type KeyKind = 'key' | 'session' | 'browser';
export type SessionKind = Exclude<KeyKind, 'key'>;

/** Who is asking, by which key. */
export interface Caller {
  userId: UserId;
  username: string;
  role: Role;
  /** What the key may do; 'admin' is held by admins alone. */
  scope: Scope;
  keyId: string;
  keyKind: KeyKind;
  /** The name of the admin who acts in this user's name by the session; null: nobody does. */
  actor: string | null;
  /** Of the key; null: never. */
  expiresAt: Date | null;
}

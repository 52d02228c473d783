import type { UserId } from '../../shared/index.js';

/** What a key may do; each scope includes those before it. Estuary's levels. */
export const SCOPE_LEVELS = { upload: 1, user: 2, admin: 10 } as const;

export type Scope = keyof typeof SCOPE_LEVELS;
export type Role = 'user' | 'admin';

export const SCOPES = Object.keys(SCOPE_LEVELS) as [Scope, ...Scope[]];

/** Whether a key with the scope `held` may do what `asked` asks for. */
export function includesScope(held: Scope, asked: Scope): boolean {
  return SCOPE_LEVELS[held] >= SCOPE_LEVELS[asked];
}

/** A user's key never reaches further than the user, whatever its row says. */
export function effectiveScope(keyScope: Scope, role: Role): Scope {
  return keyScope === 'admin' && role !== 'admin' ? 'user' : keyScope;
}

/** Who is asking, by which key. */
export interface Caller {
  userId: UserId;
  username: string;
  role: Role;
  /** What the key may do; 'admin' is held by admins alone. */
  scope: Scope;
  keyId: string;
  /** Of the key; null: never. */
  expiresAt: Date | null;
}

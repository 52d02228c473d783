import type { UserId } from '../../shared/index.js';
import type { Role, Scope } from './scope.js';

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

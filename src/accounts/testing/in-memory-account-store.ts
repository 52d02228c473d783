import { randomUUID } from 'node:crypto';
import { userId, type UserId } from '../../shared/index.js';
import { UsernameTaken } from '../domain/accounts.errors.js';
import type { Role } from '../domain/caller.js';
import { AccountStore, type ApiKey, type NewApiKey, type User } from '../ports/account-store.port.js';

/** Keeps the port's contract (its suite runs on this and on PostgreSQL) in the memory of one test. */
export class InMemoryAccountStore extends AccountStore {
  private readonly users: User[] = [];
  private readonly keys: ApiKey[] = [];
  private readonly actors = new Map<string, UserId>();
  private nextId = 0;
  /** How often a key was looked up. */
  lookups = 0;

  addUser(username: string, role: Role): Promise<User> {
    if (this.users.some((user) => user.username === username))
      return Promise.reject(new UsernameTaken(`the name ${username} is taken`));
    const user = { id: userId(this.newId()), username, role, address: '', createdAt: new Date() };
    this.users.push(user);
    return Promise.resolve(user);
  }

  userByName(username: string): Promise<User | null> {
    return Promise.resolve(this.users.find((user) => user.username === username) ?? null);
  }

  listUsers({ limit, after }: { limit: number; after?: UserId }): Promise<User[]> {
    return Promise.resolve(this.users.filter(({ id }) => after === undefined || id > after).slice(0, limit));
  }

  addKey({ actedBy, ...key }: NewApiKey): Promise<ApiKey> {
    const added: ApiKey = {
      kind: 'key',
      ...key,
      id: this.newId(),
      createdAt: new Date(),
      lastUsedAt: null,
      revokedAt: null,
    };
    this.keys.push(added);
    if (actedBy !== undefined) this.actors.set(added.id, actedBy);
    return Promise.resolve({ ...added });
  }

  keyByHash(tokenHash: string): Promise<{ key: ApiKey; user: User; actor: string | null } | null> {
    this.lookups += 1;
    const key = this.keys.find((known) => known.tokenHash === tokenHash);
    const user = this.users.find(({ id }) => id === key?.userId);
    const actor = this.users.find(({ id }) => id === this.actors.get(key?.id ?? ''))?.username ?? null;
    return Promise.resolve(key && user ? { key: { ...key }, user, actor } : null);
  }

  keysOf(owner: UserId): Promise<ApiKey[]> {
    return Promise.resolve(
      this.keys
        .filter((key) => key.userId === owner && key.revokedAt === null)
        .reverse()
        .map((key) => ({ ...key })),
    );
  }

  revokeKey(owner: UserId, which: { tokenHash?: string; id?: string }, at: Date): Promise<boolean> {
    const key = this.keys.find(
      (known) =>
        known.userId === owner &&
        known.revokedAt === null &&
        (known.id === which.id || known.tokenHash === which.tokenHash),
    );
    if (key) key.revokedAt = at;
    return Promise.resolve(key !== undefined);
  }

  revokeSessions(owner: UserId, keep: string, at: Date): Promise<void> {
    for (const key of this.keys)
      if (key.userId === owner && key.kind !== 'key' && key.id !== keep) key.revokedAt ??= at;
    return Promise.resolve();
  }

  touchKey(id: string, at: Date): Promise<void> {
    const key = this.keys.find((known) => known.id === id);
    if (key) key.lastUsedAt = at;
    return Promise.resolve();
  }

  /** UUIDs in order of time, as the real store's. */
  private newId(): string {
    this.nextId += 1;
    return `${this.nextId.toString(16).padStart(8, '0')}${randomUUID().slice(8)}`;
  }
}

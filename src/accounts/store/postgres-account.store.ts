import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import { UsernameTaken } from '../domain/accounts.errors.js';
import type { KeyKind, Role, Scope } from '../domain/caller.js';
import { AccountStore, type ApiKey, type NewApiKey, type User } from '../ports/account-store.port.js';

type UserRow = Prisma.UserGetPayload<object>;
type KeyRow = Prisma.ApiKeyGetPayload<object>;

/** Tables `users` and `api_keys`. */
@Injectable()
export class PostgresAccountStore extends AccountStore {
  constructor(private readonly db: Database) {
    super();
  }

  /** The unique index on `username` decides, so of two at once one gets UsernameTaken. Ids are UUIDs of version 7. */
  async addUser(username: string, role: Role): Promise<User> {
    try {
      return userOf(await this.db.user.create({ data: { username, role } }));
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
        throw new UsernameTaken(`the name ${username} is taken`);
      throw error;
    }
  }

  /** One row by the unique index; null when there is none. */
  async userByName(username: string): Promise<User | null> {
    const row = await this.db.user.findUnique({ where: { username } });
    return row && userOf(row);
  }

  /** In the order of ids, which is that of creation; `after` is the last id of the page before (keyset paging). */
  async listUsers(page: { limit: number; after?: UserId }): Promise<User[]> {
    const rows = await this.db.user.findMany({
      orderBy: { id: 'asc' },
      take: page.limit,
      ...(page.after === undefined ? {} : { where: { id: { gt: page.after } } }),
    });
    return rows.map(userOf);
  }

  /** Stores the hash alone: a token that is lost cannot be had again. */
  async addKey(key: NewApiKey): Promise<ApiKey> {
    return keyOf(await this.db.apiKey.create({ data: key }));
  }

  /** By the unique index on `token_hash`; says nothing of whether the key is still good. */
  async keyByHash(tokenHash: string): Promise<{ key: ApiKey; user: User; actor: string | null } | null> {
    const include = { user: true, actor: { select: { username: true } } };
    const row = await this.db.apiKey.findUnique({ where: { tokenHash }, include });
    return row && { key: keyOf(row), user: userOf(row.user), actor: row.actor?.username ?? null };
  }

  /** Expired keys are among them until they are revoked. */
  async keysOf(owner: UserId): Promise<ApiKey[]> {
    return (await this.db.apiKey.findMany({ where: { userId: owner, revokedAt: null }, orderBy: { id: 'desc' } })).map(
      keyOf,
    );
  }

  /** One conditional UPDATE: of two at once one answers true. The row stays, with the time of its end. */
  async revokeKey(owner: UserId, which: { tokenHash?: string; id?: string }, at: Date): Promise<boolean> {
    const { count } = await this.db.apiKey.updateMany({
      where: { ...which, userId: owner, revokedAt: null },
      data: { revokedAt: at },
    });
    return count > 0;
  }

  /** One statement; those that were revoked before keep their time. */
  async revokeSessions(owner: UserId, keep: string, at: Date): Promise<void> {
    await this.db.apiKey.updateMany({
      where: { userId: owner, kind: { not: 'key' }, revokedAt: null, id: { not: keep } },
      data: { revokedAt: at },
    });
  }

  /** Writes without comparing: the last writer's time stands. */
  async touchKey(id: string, at: Date): Promise<void> {
    await this.db.apiKey.updateMany({ where: { id }, data: { lastUsedAt: at } });
  }
}

/** A user without what nobody needs to know of them. */
export function userOf({ id, username, role, address, createdAt }: UserRow): User {
  return { id: userId(id), username, role: role as Role, address, createdAt };
}

/** A key as rooms see it. */
export function keyOf({ id, tokenHash, label, expiresAt, createdAt, lastUsedAt, revokedAt, ...row }: KeyRow): ApiKey {
  return {
    id,
    userId: userId(row.userId),
    tokenHash,
    label,
    kind: row.kind as KeyKind,
    scope: row.scope as Scope,
    expiresAt,
    createdAt,
    lastUsedAt,
    revokedAt,
  };
}

import { Injectable } from '@nestjs/common';
import type { AppConfig } from '../../config/index.js';
import { Database, Prisma } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import { UsernameTaken } from '../domain/accounts.errors.js';
import type { Role, Scope } from '../domain/caller.js';
import { AccountStore, type ApiKey, type NewApiKey, type User } from '../ports/account-store.port.js';
import type { LimitStore } from '../ports/limit-store.port.js';
import { PostgresLimitStore } from './postgres-limit.store.js';

type UserRow = Prisma.UserGetPayload<object>;
type KeyRow = Prisma.ApiKeyGetPayload<object>;

/** Tables `users` and `api_keys`. */
@Injectable()
export class PostgresAccountStore extends AccountStore {
  constructor(private readonly db: Database) {
    super();
  }

  async addUser(username: string, role: Role): Promise<User> {
    try {
      return userOf(await this.db.user.create({ data: { username, role } }));
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
        throw new UsernameTaken(`the name ${username} is taken`);
      throw error;
    }
  }

  async userByName(username: string): Promise<User | null> {
    const row = await this.db.user.findUnique({ where: { username } });
    return row && userOf(row);
  }

  async listUsers(page: { limit: number; after?: UserId }): Promise<User[]> {
    const rows = await this.db.user.findMany({
      orderBy: { id: 'asc' },
      take: page.limit,
      ...(page.after === undefined ? {} : { where: { id: { gt: page.after } } }),
    });
    return rows.map(userOf);
  }

  async addKey(key: NewApiKey): Promise<ApiKey> {
    return keyOf(await this.db.apiKey.create({ data: key }));
  }

  async keyByHash(tokenHash: string): Promise<{ key: ApiKey; user: User } | null> {
    const row = await this.db.apiKey.findUnique({ where: { tokenHash }, include: { user: true } });
    return row && { key: keyOf(row), user: userOf(row.user) };
  }

  async keysOf(owner: UserId): Promise<ApiKey[]> {
    return (await this.db.apiKey.findMany({ where: { userId: owner, revokedAt: null }, orderBy: { id: 'desc' } })).map(
      keyOf,
    );
  }

  async revokeKey(owner: UserId, which: { tokenHash?: string; id?: string }, at: Date): Promise<boolean> {
    const { count } = await this.db.apiKey.updateMany({
      where: { ...which, userId: owner, revokedAt: null },
      data: { revokedAt: at },
    });
    return count > 0;
  }

  async touchKey(id: string, at: Date): Promise<void> {
    await this.db.apiKey.updateMany({ where: { id }, data: { lastUsedAt: at } });
  }
}

function userOf(row: UserRow): User {
  return { id: userId(row.id), username: row.username, role: row.role as Role, createdAt: row.createdAt };
}

function keyOf({ id, tokenHash, label, expiresAt, createdAt, lastUsedAt, revokedAt, ...row }: KeyRow): ApiKey {
  return {
    id,
    userId: userId(row.userId),
    tokenHash,
    label,
    scope: row.scope as Scope,
    expiresAt,
    createdAt,
    lastUsedAt,
    revokedAt,
  };
}

/** The stores with a connection of their own, for commands that run outside the processes. */
export function openAccountStores(config: AppConfig): {
  accounts: AccountStore;
  limits: LimitStore;
  close: () => Promise<void>;
} {
  const database = new Database(config);
  return {
    accounts: new PostgresAccountStore(database),
    limits: new PostgresLimitStore(database),
    close: () => database.$disconnect(),
  };
}

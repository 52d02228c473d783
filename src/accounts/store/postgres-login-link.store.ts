import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import type { UserId } from '../../shared/index.js';
import type { ApiKey, NewApiKey, User } from '../ports/account-store.port.js';
import { LoginLinkStore } from '../ports/login-link-store.port.js';
import { keyOf, userOf } from './postgres-account.store.js';

/** Table `login_links`. */
@Injectable()
export class PostgresLoginLinkStore extends LoginLinkStore {
  constructor(private readonly db: Database) {
    super();
  }

  async add(link: { tokenHash: string; userId: UserId; expiresAt: Date }, at: Date): Promise<void> {
    await this.db.loginLink.deleteMany({ where: { expiresAt: { lt: at } } });
    await this.db.loginLink.create({ data: link });
  }

  async isGood(tokenHash: string, at: Date): Promise<boolean> {
    return (await this.db.loginLink.count({ where: { tokenHash, usedAt: null, expiresAt: { gt: at } } })) > 0;
  }

  /** One conditional UPDATE decides; the session commits with it. */
  async use(
    tokenHash: string,
    session: Omit<NewApiKey, 'userId' | 'scope'>,
    at: Date,
  ): Promise<{ user: User; key: ApiKey } | null> {
    return this.db.transaction(async (tx) => {
      const { count } = await tx.loginLink.updateMany({
        where: { tokenHash, usedAt: null, expiresAt: { gt: at } },
        data: { usedAt: at },
      });
      if (count === 0) return null;
      const { user } = await tx.loginLink.findUniqueOrThrow({ where: { tokenHash }, include: { user: true } });
      const key = await tx.apiKey.create({ data: { ...session, userId: user.id, scope: user.role } });
      return { user: userOf(user), key: keyOf(key) };
    });
  }
}

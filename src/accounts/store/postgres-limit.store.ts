import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import { DEFAULT_PIN_WEIGHT, type Limits } from '../domain/limits.js';
import { LimitStore } from '../ports/limit-store.port.js';

/** Table `account_limits`. */
@Injectable()
export class PostgresLimitStore extends LimitStore {
  constructor(private readonly db: Database) {
    super();
  }

  async find(user: UserId): Promise<Limits | null> {
    const row = await this.db.accountLimit.findUnique({ where: { userId: user } });
    return row && limitsOf(row);
  }

  async ofMany(users: readonly UserId[]): Promise<ReadonlyMap<UserId, Limits>> {
    const rows = await this.db.accountLimit.findMany({ where: { userId: { in: [...users] } } });
    return new Map(rows.map((row) => [userId(row.userId), limitsOf(row)]));
  }

  async weights(): Promise<ReadonlyMap<UserId, number>> {
    const rows = await this.db.accountLimit.findMany({
      where: { pinWeight: { not: DEFAULT_PIN_WEIGHT } },
      select: { userId: true, pinWeight: true },
    });
    return new Map(rows.map((row) => [userId(row.userId), row.pinWeight]));
  }

  async set(user: UserId, { pinWeight, bytesQuota, pinsQuota }: Partial<Limits>): Promise<Limits> {
    const change = {
      ...(pinWeight === undefined ? {} : { pinWeight }),
      ...(pinsQuota === undefined ? {} : { pinsQuota }),
      ...(bytesQuota === undefined ? {} : { bytesQuota: bytesQuota === null ? null : BigInt(bytesQuota) }),
    };
    return limitsOf(
      await this.db.accountLimit.upsert({
        where: { userId: user },
        create: { userId: user, ...change },
        update: { ...change, updatedAt: new Date() },
      }),
    );
  }
}

function limitsOf({ pinWeight, bytesQuota, pinsQuota }: Prisma.AccountLimitGetPayload<object>): Limits {
  return { pinWeight, bytesQuota: bytesQuota === null ? null : Number(bytesQuota), pinsQuota };
}

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

  /** By the primary key. Amounts of attoFIL are numeric columns and come as bigint; byte counts come as numbers. */
  async find(user: UserId): Promise<Limits | null> {
    const row = await this.db.accountLimit.findUnique({ where: { userId: user } });
    return row && limitsOf(row);
  }

  /** One query for all of them; accounts without a row are left out. */
  async ofMany(users: readonly UserId[]): Promise<ReadonlyMap<UserId, Limits>> {
    const rows = await this.db.accountLimit.findMany({ where: { userId: { in: [...users] } } });
    return new Map(rows.map((row) => [userId(row.userId), limitsOf(row)]));
  }

  /**
   * Reads the whole table for those that differ from the default: a row exists only where an operator has set
   * something.
   */
  async weights(): Promise<ReadonlyMap<UserId, number>> {
    const rows = await this.db.accountLimit.findMany({
      where: { pinWeight: { not: DEFAULT_PIN_WEIGHT } },
      select: { userId: true, pinWeight: true },
    });
    return new Map(rows.map((row) => [userId(row.userId), row.pinWeight]));
  }

  /**
   * Writes the named columns alone, so changes of different limits do not undo each other. `undefined` leaves a column
   * as it is, null empties it.
   */
  async set(
    user: UserId,
    { bytesQuota, dataCapPerDay, priceCap, verifiedPriceCap, spendPerDay, ...plain }: Partial<Limits>,
  ): Promise<Limits> {
    const change = {
      ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
      ...(bytesQuota === undefined ? {} : { bytesQuota: bytesQuota === null ? null : BigInt(bytesQuota) }),
      ...(dataCapPerDay === undefined ? {} : { dataCapPerDay: dataCapPerDay === null ? null : BigInt(dataCapPerDay) }),
      ...(priceCap === undefined ? {} : { priceCap: priceCap?.toString() ?? null }),
      ...(verifiedPriceCap === undefined ? {} : { verifiedPriceCap: verifiedPriceCap?.toString() ?? null }),
      ...(spendPerDay === undefined ? {} : { spendPerDay: spendPerDay?.toString() ?? null }),
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

function limitsOf(row: Prisma.AccountLimitGetPayload<object>): Limits {
  const { pinWeight, pinsQuota, replicationCap, durationCap, contentAddingDisabled } = row;
  return {
    pinWeight,
    pinsQuota,
    replicationCap,
    durationCap,
    contentAddingDisabled,
    bytesQuota: row.bytesQuota === null ? null : Number(row.bytesQuota),
    dataCapPerDay: row.dataCapPerDay === null ? null : Number(row.dataCapPerDay),
    priceCap: row.priceCap === null ? null : BigInt(row.priceCap.toFixed(0)),
    verifiedPriceCap: row.verifiedPriceCap === null ? null : BigInt(row.verifiedPriceCap.toFixed(0)),
    spendPerDay: row.spendPerDay === null ? null : BigInt(row.spendPerDay.toFixed(0)),
  };
}

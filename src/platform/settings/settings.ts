import { Injectable } from '@nestjs/common';
import { Clock, type Json } from '../../shared/index.js';
import { Database, type Tx } from '../prisma/index.js';

/**
 * What an operator switches while the platform runs: kept in the table `settings`, so it survives restarts and holds
 * for every process. Not cached: each call asks the database.
 */
@Injectable()
export class Settings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** `key`: `<room>.<what>`. Undefined while nobody has set it. */
  async get(key: string): Promise<Json | undefined> {
    const row = await this.database.setting.findUnique({ where: { key } });
    return row === null ? undefined : (row.value as Json);
  }

  /** Sets or replaces it; commits with the caller's transaction. Of two at once the later one stands. */
  async set(tx: Tx, key: string, value: boolean | number | string): Promise<void> {
    const data = { value, updatedAt: this.clock.now() };
    await tx.setting.upsert({ where: { key }, create: { key, ...data }, update: data });
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';

const KEY = 'dealmaking.enabled';

/** Whether new deals are made at all. Kept in the database: it survives restarts and holds for every process. On unless switched off. */
@Injectable()
export class DealMakingSwitch {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async isOn(): Promise<boolean> {
    const setting = await this.database.setting.findUnique({ where: { key: KEY } });
    return setting?.value !== false;
  }

  /** Switching on makes every piece that waits due again. */
  async set(enabled: boolean): Promise<void> {
    const now = this.clock.now();
    await this.database.$transaction([
      this.database.setting.upsert({
        where: { key: KEY },
        create: { key: KEY, value: enabled, updatedAt: now },
        update: { value: enabled, updatedAt: now },
      }),
      this.database.piece.updateMany({
        where: { state: { in: enabled ? ['committed', 'replicating'] : [] } },
        data: { checkAt: now },
      }),
    ]);
  }
}

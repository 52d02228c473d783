import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, type Prisma } from '../../platform/prisma/index.js';
import { Settings } from '../../platform/settings/index.js';
import type { UserId } from '../../shared/index.js';
import { quotaSoftLimit } from '../domain/accounts.events.js';
import type { UserSettings } from '../domain/user-settings.js';
import { SettingsStore } from '../ports/settings-store.port.js';
import { ADD_WARNING } from './accounts.sql.js';

const CONTENT_ADDING = 'accounts.content-adding';
const BYTES = 'bytes';

/** Tables `user_settings` and `quota_warnings`, and a row of the platform's settings. */
@Injectable()
export class PostgresSettingsStore extends SettingsStore {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async find(userId: UserId): Promise<UserSettings | null> {
    const row = await this.db.userSetting.findUnique({ where: { userId } });
    return row && settingsOf(row);
  }

  /** Writes the named columns alone. */
  async set(userId: UserId, change: Partial<UserSettings>): Promise<UserSettings> {
    return settingsOf(
      await this.db.userSetting.upsert({
        where: { userId },
        create: { userId, ...change },
        update: { ...change, updatedAt: new Date() },
      }),
    );
  }

  async isContentAddingOn(): Promise<boolean> {
    return (await this.settings.get(CONTENT_ADDING)) !== false;
  }

  async switchContentAdding(enabled: boolean): Promise<void> {
    await this.db.transaction((tx) => this.settings.set(tx, CONTENT_ADDING, enabled));
  }

  /** The row's primary key decides; the event commits with it. */
  async warn(warning: { userId: UserId; used: number; soft: number; hard: number }): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      if ((await execute(tx, ADD_WARNING, [warning.userId, BYTES])) === 0) return false;
      await this.outbox.add(tx, quotaSoftLimit, { ...warning, quota: BYTES });
      return true;
    });
  }

  async unwarn(userId: UserId): Promise<void> {
    await this.db.quotaWarning.deleteMany({ where: { userId, quota: BYTES } });
  }
}

function settingsOf({ replication, duration, verified, prefer }: Prisma.UserSettingGetPayload<object>): UserSettings {
  return { replication, duration, verified, prefer: prefer as UserSettings['prefer'] };
}

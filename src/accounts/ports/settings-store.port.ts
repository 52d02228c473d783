import type { UserId } from '../../shared/index.js';
import type { UserSettings } from '../domain/user-settings.js';

/** What users chose, whether contents are taken at all, and who was warned of a quota. */
export abstract class SettingsStore {
  /** Null: nothing was ever chosen. */
  abstract find(userId: UserId): Promise<UserSettings | null>;
  /** What is not named stays. */
  abstract set(userId: UserId, change: Partial<UserSettings>): Promise<UserSettings>;
  /** Whether the platform takes contents; true until an operator says otherwise. */
  abstract isContentAddingOn(): Promise<boolean>;
  abstract switchContentAdding(enabled: boolean): Promise<void>;
  /** Announces `quota.soft-limit`, once until `unwarn`. Whether it was announced now. */
  abstract warn(warning: { userId: UserId; used: number; soft: number; hard: number }): Promise<boolean>;
  abstract unwarn(userId: UserId): Promise<void>;
}

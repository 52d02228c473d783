import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import type { Limits } from '../domain/limits.js';
import { PlatformSwitches } from '../domain/platform-switches.js';
import { type AccountUse, UsageRegistry } from '../domain/usage-registry.js';
import type { UserSettings } from '../domain/user-settings.js';
import type { User } from '../ports/account-store.port.js';
import { AccountLimits } from './account-limits.js';
import { ContentAdding } from './content-adding.js';
import { QuotaWarnings } from './quota-warnings.js';
import { UserPreferences } from './user-preferences.js';
import { UserRegistry } from './user-registry.js';

/** What the viewer is made of. */
export interface ViewerFacts {
  limits: Limits;
  user: User;
  usage: AccountUse;
  settings: UserSettings;
  /** Whether this account may upload and pin. */
  contentAdding: boolean;
  /** Whether the platform makes deals. */
  dealMaking: boolean;
  /** Where the soft part of a quota ends. */
  softOf: (hard: number) => number;
}

/** What operators have switched off, as one account sees it. */
@Injectable()
export class ViewerSwitches {
  constructor(
    private readonly contentAdding: ContentAdding,
    private readonly platform: PlatformSwitches,
  ) {}

  async of(userId: Caller['userId']): Promise<Pick<ViewerFacts, 'contentAdding' | 'dealMaking'>> {
    const [contentAdding, dealMaking] = await Promise.all([
      this.contentAdding.isOnFor(userId),
      this.platform.isDealMakingOn(),
    ]);
    return { contentAdding, dealMaking };
  }
}

/** Everything that somebody may know of their own account, read beside each other. */
@Injectable()
export class ViewerFactsQuery {
  constructor(
    private readonly users: UserRegistry,
    private readonly limits: AccountLimits,
    private readonly usage: UsageRegistry,
    private readonly preferences: UserPreferences,
    private readonly switches: ViewerSwitches,
    private readonly warnings: QuotaWarnings,
  ) {}

  /** Limits, settings and switches are at most two seconds old. @throws UserNotFound when the account has just gone */
  async of({ userId, username }: Caller): Promise<ViewerFacts> {
    const [limits, user, usage, settings, switches] = await Promise.all([
      this.limits.of(userId),
      this.users.named(username),
      this.usage.of([userId]),
      this.preferences.of(userId),
      this.switches.of(userId),
    ]);
    const softOf = (hard: number): number => this.warnings.softOf(hard);
    return { limits, user, usage: usage.get(userId) ?? {}, settings, ...switches, softOf };
  }
}

import type { AppConfig } from '../../config/index.js';
import { type Caller, SCOPE_LEVELS } from '../domain/caller.js';
import type { Limits } from '../domain/limits.js';
import type { AccountUse } from '../domain/usage-registry.js';
import type { UserSettings } from '../domain/user-settings.js';
import type { User } from '../ports/account-store.port.js';
import { presentCaps, presentLimits } from './accounts.presenter.js';

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
  csrfToken: string | null;
  /** Where the soft part of a quota ends. */
  softOf: (hard: number) => number;
}

/** Estuary's bootstrap call of its front end, then ours. */
export function presentViewer(caller: Caller, facts: ViewerFacts, config: AppConfig) {
  const { limits, user, usage, settings } = facts;
  const { DEALS_REPLICATION, DEALS_VERIFIED, DEALS_DURATION, CONTENT_SMALL_LIMIT } = config.values;
  const quota = (used: number | undefined, hard: number | null) => quotaOf(used ?? 0, hard, facts.softOf);
  return {
    username: caller.username,
    perms: SCOPE_LEVELS[caller.scope],
    id: caller.userId,
    role: caller.role,
    scope: caller.scope,
    address: user.address,
    miners: [],
    auth_expiry: caller.expiresAt,
    csrfToken: facts.csrfToken,
    actor: caller.actor,
    limits: presentCaps(limits),
    usage: presentLimits(limits, usage).usage,
    quota: { bytes: quota(usage.bytes, limits.bytesQuota), pins: quota(usage.pins, limits.pinsQuota) },
    settings: {
      replication: settings.replication ?? DEALS_REPLICATION,
      verified: settings.verified ?? DEALS_VERIFIED,
      dealDuration: settings.duration ?? DEALS_DURATION,
      prefer: settings.prefer,
      fileStagingThreshold: CONTENT_SMALL_LIMIT,
      contentAddingDisabled: !facts.contentAdding,
      dealMakingDisabled: !facts.dealMaking,
      uploadEndpoints: [`${config.publicUrl}/content/add`],
      flags: 0,
    },
  };
}

/** `soft` warns, `hard` refuses; both are null without a quota. */
function quotaOf(used: number, hard: number | null, softOf: (hard: number) => number) {
  const soft = hard === null ? null : softOf(hard);
  return { used, soft, hard, warning: soft !== null && used >= soft };
}

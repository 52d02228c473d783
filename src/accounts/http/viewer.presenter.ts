import type { AppConfig } from '../../config/index.js';
import { type Caller, SCOPE_LEVELS } from '../domain/caller.js';
import type { ViewerFacts } from '../verbs/viewer-facts.js';
import { presentCaps, presentLimits } from './accounts.presenter.js';

/** Estuary's bootstrap call of its front end, then ours. */
export function presentViewer(caller: Caller, facts: ViewerFacts & { csrfToken: string | null }, config: AppConfig) {
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

import type { Caller } from '../domain/caller.js';
import type { Limits } from '../domain/limits.js';
import type { AccountUse } from '../domain/usage-registry.js';
import type { OpenedSession } from '../verbs/log-in.js';
import { csrfTokenOf } from './browser-sessions.js';
import type { ApiKey, User } from '../ports/account-store.port.js';

/** Estuary's fields (token is blank for all but the answer that makes the key), then ours. */
export function presentKey(key: ApiKey, token = '') {
  return {
    token,
    tokenHash: key.tokenHash,
    label: key.label,
    expiry: key.expiresAt,
    isSession: key.kind !== 'key',
    id: key.id,
    scope: key.scope,
    createdAt: key.createdAt,
    lastUsedAt: key.lastUsedAt,
  };
}

/** A session of one's own; `current`: the one that asks. */
export function presentOwnSession({ id, kind, label, createdAt, lastUsedAt, expiresAt }: ApiKey, current: string) {
  return { id, kind, label, createdAt, lastUsedAt, expiry: expiresAt, current: id === current };
}

/** Who is logged in; null for keys and bearer tokens, which need no CSRF token. */
export function presentSession(caller: Caller, csrfToken: string | undefined) {
  return {
    username: caller.username,
    role: caller.role,
    expiry: caller.expiresAt,
    csrfToken: csrfToken ?? null,
  };
}

/** The same of a session of the page that has just begun. */
export function presentOpenedSession({ user, key, token }: OpenedSession) {
  return { username: user.username, role: user.role, expiry: key.expiresAt, csrfToken: csrfTokenOf(token) };
}

/** Without limits and usage, as `POST /admin/users` answers. */
export function presentUser(user: User) {
  return { id: user.id, username: user.username, role: user.role, createdAt: user.createdAt };
}

/** attoFIL as decimal text. */
export function presentLimits(limits: Limits, usage: AccountUse) {
  const { dataCapToday, spendToday, ...stored } = usage;
  return {
    limits: presentCaps(limits),
    usage: {
      ...stored,
      ...(dataCapToday === undefined ? {} : { dataCapToday }),
      ...(spendToday === undefined ? {} : { spendToday: spendToday.toString() }),
    },
  };
}

/** attoFIL as decimal text. */
export function presentCaps({ priceCap, verifiedPriceCap, spendPerDay, ...limits }: Limits) {
  const text = (amount: bigint | null) => amount?.toString() ?? null;
  return {
    ...limits,
    priceCap: text(priceCap),
    verifiedPriceCap: text(verifiedPriceCap),
    spendPerDay: text(spendPerDay),
  };
}

/** A line of the operator's list: Estuary's `spaceUsed` and `numFiles`, then ours. */
export function presentUserLine(user: User, limits: Limits, usage: AccountUse) {
  return {
    ...presentUser(user),
    spaceUsed: usage.bytes ?? 0,
    numFiles: usage.contents ?? 0,
    ...presentLimits(limits, usage),
  };
}

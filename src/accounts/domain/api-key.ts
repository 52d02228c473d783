import { createHash, randomUUID } from 'node:crypto';
import { InvalidExpiry } from './accounts.errors.js';

const TOKEN = /^EST[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}ARY$/;
/** Of Go's `time.ParseDuration`, and days and weeks. */
const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^\+?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|[smhdw]))+$/;
const LONGEST_MS = 100 * 365 * 86_400_000;

/** A new key, `EST<uuid>ARY` as Estuary's: 122 random bits. */
export function newToken(): string {
  return `EST${randomUUID()}ARY`;
}

/** Whether the text has the form of a key, which says nothing of its being one. */
export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text);
}

/** SHA-256, base64url without padding: all that is ever stored of a token. It is random, so a fast hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Estuary's default: 30 days. */
export const DEFAULT_EXPIRY = '720h';

/**
 * When a key made now expires: a Go duration (`720h`, `1h30m`), also with `d` and `w`, or `false` for never.
 * @throws InvalidExpiry
 */
export function expiryOf(text: string, now: Date): Date | null {
  if (text === 'false') return null;
  if (!DURATION.test(text)) throw new InvalidExpiry('expiry: a duration such as 720h or 30d, or false for never');
  const ms = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|[smhdw])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
  if (ms <= 0 || ms > LONGEST_MS) throw new InvalidExpiry('expiry: more than nothing and at most 100 years');
  return new Date(now.getTime() + ms);
}

import { z } from 'zod';
import { dealTermsSchema, parseRowId } from '../../shared/index.js';
import { DEFAULT_EXPIRY } from '../domain/api-key.js';
import { MAX_DEAL_DURATION, MAX_PIN_WEIGHT, MAX_PINS_QUOTA, MAX_REPLICATION, type Limits } from '../domain/limits.js';
import type { UserSettings } from '../domain/user-settings.js';
import { SCOPES } from '../domain/caller.js';

/** A duration, or `false`: as text in a query, as itself in a body. */
const expiry = z.union([z.string().max(100), z.literal(false).transform(() => 'false')]).default(DEFAULT_EXPIRY);

/** Of listings: keys, sessions, or both. */
export const keyListSchema = z.object({ isSession: z.enum(['true', 'false']).optional() });

/** Estuary's `perms` (`all`, `upload`) beside our scopes. */
export const newKeySchema = z.object({
  expiry,
  label: z.string().max(200).default(''),
  perms: z.enum(['all', ...SCOPES]).optional(),
  scope: z.enum(SCOPES).optional(),
});

/** The rules for a name are the registry's; `expiry` is that of the first key. */
export const newUserSchema = z.object({
  username: z.string(),
  role: z.enum(['user', 'admin']).default('user'),
  expiry,
});

/** attoFIL, decimal text: numbers of JSON end at 2^53. */
const atto = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform(BigInt);

/**
 * A change of limits: what is not named stays. Misspelt names are refused, for they would change nothing in silence.
 */
export const limitsSchema = z
  .strictObject({
    pinWeight: z.int().min(1).max(MAX_PIN_WEIGHT).optional(),
    bytesQuota: z.int().min(0).nullable().optional(),
    pinsQuota: z.int().min(0).max(MAX_PINS_QUOTA).nullable().optional(),
    replicationCap: z.int().min(1).max(MAX_REPLICATION).nullable().optional(),
    durationCap: z.int().min(1).max(MAX_DEAL_DURATION).nullable().optional(),
    priceCap: atto.nullable().optional(),
    verifiedPriceCap: atto.nullable().optional(),
    dataCapPerDay: z.int().min(0).nullable().optional(),
    spendPerDay: atto.nullable().optional(),
    contentAddingDisabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'name one limit at least, such as pinWeight or bytesQuota')
  .transform((change): Partial<Limits> =>
    Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
  );

const name = z.string().max(64);

/** `before`: the id of the last entry of the page before. Names that are none find nothing. */
export const auditPageSchema = z
  .object({
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    before: z
      .string()
      .refine((text) => parseRowId(text) !== null, 'is not an id')
      .optional(),
    actor: name.optional(),
    actingAs: name.optional(),
  })
  .transform(({ limit, ...rest }) => ({
    limit,
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as {
      before?: string;
      actor?: string;
      actingAs?: string;
    }),
  }));

/** What a user may choose; null takes a choice back. The market's own bounds hold for everybody. */
export const userSettingsSchema = z
  .strictObject({
    replication: dealTermsSchema.shape.replication.unwrap().nullable().optional(),
    duration: dealTermsSchema.shape.duration.unwrap().nullable().optional(),
    verified: z.boolean().nullable().optional(),
    prefer: z.enum(['price', 'latency']).nullable().optional(),
  })
  .refine(
    (change) => Object.keys(change).length > 0,
    'name one setting at least: replication, duration, verified, prefer',
  )
  .transform((change): Partial<UserSettings> =>
    Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
  );

export const switchSchema = z.strictObject({ enabled: z.boolean() });

/** `after`: the id of the last user of the page before. */
export const userPageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  after: z.uuid().optional(),
});

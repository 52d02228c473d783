import { z } from 'zod';
import { DEFAULT_EXPIRY } from '../domain/expiry.js';
import { SCOPES } from '../domain/scope.js';

/** Estuary's `perms` (`all`, `upload`) beside our scopes. */
export const newKeySchema = z.object({
  expiry: z.string().default(DEFAULT_EXPIRY),
  label: z.string().max(200).default(''),
  perms: z.enum(['all', ...SCOPES]).optional(),
  scope: z.enum(SCOPES).optional(),
});

export const newUserSchema = z.object({
  username: z.string(),
  role: z.enum(['user', 'admin']).default('user'),
  expiry: z.string().default(DEFAULT_EXPIRY),
});

export const userPageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  after: z.uuid().optional(),
});

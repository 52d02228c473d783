import { z } from 'zod';
import { parseRowId } from '../../shared/index.js';
import { EVENT_TYPES } from '../domain/account-event.js';

const cursor = z
  .string()
  .regex(/^\d{1,18}$/, 'must be the id of an event')
  .transform(BigInt);
const types = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(EVENT_TYPES)).min(1));
const rowId = z.string().transform((text, context) => {
  const id = parseRowId(text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'must be the id of a row' });
  return z.NEVER;
});

/** `after`: the id of the last event seen; `types`: those alone, with commas. */
export const streamQuery = z.object({ after: cursor.optional(), types: types.optional() });
export type StreamQuery = z.output<typeof streamQuery>;

/** What browsers send when they come back. */
export const lastEventId = cursor;

/** `before`: the id of the last event of the page before. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: rowId.optional(),
  types: types.optional(),
});
export type PageQuery = z.output<typeof pageQuery>;

const url = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password } = new URL(text);
    return username === '' && password === '';
  }, 'must not hold a user or a password');
const wanted = z
  .array(z.enum(EVENT_TYPES))
  .max(EVENT_TYPES.length)
  .transform((names) => [...new Set(names)]);

/** Without `types`: all of them. */
export const newWebhook = z.strictObject({ url, types: wanted.default([]) });
export type NewWebhook = z.output<typeof newWebhook>;

/** What is not named stays. */
export const webhookChange = z
  .strictObject({ url: url.optional(), types: wanted.optional(), enabled: z.boolean().optional() })
  .refine((change) => Object.keys(change).length > 0, 'name url, types or enabled');
export type WebhookChangeBody = z.output<typeof webhookChange>;

/** `before`: the id of the last delivery of the page before. */
export const deliveriesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: rowId.optional(),
  state: z.enum(['pending', 'delivered', 'failed']).optional(),
});
export type DeliveriesQuery = z.output<typeof deliveriesQuery>;

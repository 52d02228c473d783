import { z } from 'zod';
import { type Cursor, MINER_STATES, SORTS } from '../domain/miner-list.js';
import { WINDOWS } from '../domain/window.js';

const cursor = z.object({ value: z.string().max(200).nullable(), addr: z.string().max(100) });

/** What `x-next-cursor` says, to be given back as it is. */
export function cursorText({ value, addr }: Cursor): string {
  return Buffer.from(JSON.stringify({ value, addr })).toString('base64url');
}

/** Query of `GET /public/miners`: without any, all miners by address. */
export const minersQuery = z.object({
  window: z.enum(WINDOWS).default('30d'),
  sort: z.enum(SORTS).default('addr'),
  order: z.enum(['asc', 'desc']).default('asc'),
  state: z.enum(MINER_STATES).optional(),
  region: z.string().max(60).optional(),
  protocol: z.enum(['lotus', 'http']).optional(),
  /** attoFIL per GiB per epoch. */
  maxPrice: z
    .string()
    .regex(/^\d{1,30}$/, 'must be a whole number of attoFIL')
    .transform((text) => BigInt(text))
    .optional(),
  search: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  after: z
    .string()
    .max(600)
    .transform((text, context): Cursor => {
      try {
        return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      } catch {
        context.addIssue({ code: 'custom', message: 'must be what x-next-cursor said' });
        return z.NEVER;
      }
    })
    .optional(),
  format: z.enum(['json', 'csv']).default('json'),
});
export type MinersQuery = z.output<typeof minersQuery>;

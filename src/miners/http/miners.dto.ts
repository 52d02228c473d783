import { z } from 'zod';
import { minerId } from '../../shared/index.js';

/** Only id addresses name miners. */
export const minerAddress = z
  .string()
  .regex(/^[ft]0\d{1,19}$/, 'is not a miner address such as f01234')
  .transform(minerId);

/** `until`: RFC 3339 with a zone. */
export const suspendInput = z.object({
  reason: z.string().trim().min(1).max(500),
  /** Absent: until somebody lifts it. */
  until: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional(),
});

/** Estuary's body of `set-info`, and where the miner is; an empty region takes it away. */
export const infoInput = z
  .object({ name: z.string().trim().max(100).optional(), region: z.string().trim().max(60).optional() })
  .refine(({ name, region }) => name !== undefined || region !== undefined, 'needs a name or a region');
/** Without a name a known miner keeps its own. */
export const addQuery = z.object({ name: z.string().trim().max(100).optional() });

import { z } from 'zod';
import { parseRowId } from '../../shared/index.js';
import { damageOutcomes } from '../../storage/index.js';

const rowId = z.string().transform((text, context) => {
  const id = parseRowId(text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'has to be the id of a row' });
  return z.NEVER;
});

/** `before`: `next` of the page before. */
export const damageQuery = z.object({
  outcome: z.enum(damageOutcomes).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: rowId.optional(),
});
/** After parsing: `before` is a row id. */
export type DamageQuery = z.output<typeof damageQuery>;

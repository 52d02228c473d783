import { z } from 'zod';
import { canonicalCid, parseCid, parseRowId } from '../../shared/index.js';
import { providerRecordStates } from '../domain/provider-record.js';

/** A CID in any version; CIDv1 text from here on. */
const cid = z.string().transform((text, context) => {
  const parsed = parseCid(text.trim());
  if (parsed) return canonicalCid(parsed);
  context.addIssue({ code: 'custom', message: 'is not a CID' });
  return z.NEVER;
});

const rowId = z.string().transform((text, context) => {
  const id = parseRowId(text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'has to be the id of a row' });
  return z.NEVER;
});

/** Unknown parameters are passed over. `before`: `next` of the page before. */
export const announcementsQuery = z.object({
  state: z.enum(providerRecordStates).optional(),
  failing: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  cid: cid.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: rowId.optional(),
});
/** After parsing: `cid` is CIDv1 text, `before` a row id. */
export type AnnouncementsQuery = z.output<typeof announcementsQuery>;

/** Roots in one request to announce now. */
export const MOST_ASKED = 1000;

/** Strict: a misspelt `cids` would announce a thousand others. */
export const reprovideBody = z.object({ cids: z.array(cid).min(1).max(MOST_ASKED).optional() }).strict();
/** After parsing: CIDv1 texts, which may repeat. */
export type ReprovideBody = z.output<typeof reprovideBody>;

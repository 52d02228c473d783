import { z } from 'zod';
import { InvalidInput } from '../../platform/http/index.js';
import { contentId, type ContentId } from '../../shared/index.js';
import { MAX_BULK, MAX_PAGE } from './content.dto.js';

const id = z.coerce.string().regex(/^\d{1,19}$/, 'must be the id of a content');
const dir = z.string().max(4096);
const flag = z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1');

/** Of a new collection. */
export const collectionBody = z.strictObject({
  name: z.string().trim().min(1).max(255),
  description: z.string().max(4096).default(''),
});

/** Estuary takes ids bare, or under a name. */
export const contentsBody = z.union([
  z.array(id).min(1).max(MAX_BULK),
  z.strictObject({ contentids: z.array(id).min(1).max(MAX_BULK) }),
]);

/** Where contents go. */
export const addQuery = z.strictObject({ dir: dir.default('/'), overwrite: flag.default(false) });

/** The same of one content, all in the query. */
export const addOneQuery = addQuery.extend({ coluuid: z.string().max(64), content: id });

/** Without `dir` all contents, page by page; with it what that folder has. */
export const listQuery = z.strictObject({
  dir: dir.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  /** The last path of the page before. */
  after: z.string().max(4096).default(''),
});

/** What leaves a collection: a path and all below it, or a content wherever it is. */
export const removeBody = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('path'), value: z.string().min(1).max(4096) }),
  z.strictObject({ by: z.literal('content_id'), value: id }),
]);

/** The ids of a body. @throws InvalidInput */
export function idsOf(body: z.output<typeof contentsBody>): ContentId[] {
  const ids = Array.isArray(body) ? body : body.contentids;
  if (ids.length === 0) throw new InvalidInput('contentids: at least one is expected');
  return ids.map((text) => contentId(text));
}

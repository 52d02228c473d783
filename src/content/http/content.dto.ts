import { z } from 'zod';
import { parseRowId, dealTermsSchema } from '../../shared/index.js';
import { contentSorts } from '../domain/content-search.js';
import { profileNames } from '../domain/file-dag.js';
import type { UploadOptions } from '../domain/upload.js';

const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1'),
]);

/** What may be said with an upload, in the query or as form fields. Other fields of a form are let pass. */
export const uploadFields = z.object({
  filename: z.string().max(4096).optional(),
  name: z.string().max(4096).optional(),
  profile: z.enum(profileNames).optional(),
  'ignore-dupes': flag.optional(),
  replication: z.coerce.number().pipe(dealTermsSchema.shape.replication.unwrap()).optional(),
  duration: z.coerce.number().pipe(dealTermsSchema.shape.duration.unwrap()).optional(),
  verified: flag.optional(),
  maxPrice: dealTermsSchema.shape.maxPrice,
  /** A directory around what comes in a form, as `ipfs add -w` makes it. */
  'wrap-with-directory': flag.optional(),
});

/** As it is after parsing: numbers are numbers, flags booleans. */
export type UploadQuery = z.output<typeof uploadFields>;

/**
 * The query of uploads: nothing that is not known here, but Estuary's `lazy-provide`, which asks for what is done
 * anyway. `dir` and `overwrite` go with `coluuid`, the collection that the upload is put into.
 */
export const uploadQuery = uploadFields
  .extend({
    coluuid: z.string().min(1).max(64).optional(),
    dir: z.string().max(4096).optional(),
    overwrite: flag.optional(),
    'lazy-provide': z
      .string()
      .optional()
      .transform(() => undefined),
  })
  .strict();

/** Of that, where an upload goes besides. */
export type PlaceQuery = Pick<z.output<typeof uploadQuery>, 'coluuid' | 'dir' | 'overwrite'>;

/** Of `PUT /content/add`: an empty body is a mistake more often than a file. */
export const bodyQuery = uploadQuery.extend({ 'allow-empty': flag.optional() });

/** What an uploader asks for, as the verbs take it. */
export function optionsOf(input: UploadQuery): UploadOptions {
  const { replication, duration, verified, maxPrice } = input;
  const terms = {
    ...(replication === undefined ? {} : { replication }),
    ...(duration === undefined ? {} : { duration }),
    ...(verified === undefined ? {} : { verified }),
    ...(maxPrice === undefined ? {} : { maxPrice }),
  };
  return {
    name: input.filename ?? input.name,
    ignoreDupes: input['ignore-dupes'],
    terms: Object.keys(terms).length > 0 ? terms : undefined,
  };
}

/** Contents in one answer, at most. */
export const MAX_PAGE = 1000;

/**
 * `before` goes with an index; `offset` is there for Estuary's clients, and only for the list without search and order.
 */
export const pageQuery = z.strictObject({
  /** The beginning of a name or tag, or a CID. */
  q: z.string().trim().min(1).max(1024).optional(),
  sort: z.enum(contentSorts).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(500),
  /** The last id of the page before. */
  before: z
    .string()
    .transform((text, context) => {
      const id = parseRowId(text);
      if (id !== null) return id;
      context.addIssue({ code: 'custom', message: 'must be the id of a content' });
      return z.NEVER;
    })
    .optional(),
  offset: z.coerce.number().int().min(0).optional(),
});

const id = z.coerce.string().regex(/^\d{1,19}$/, 'must be the id of a content');

/** At most 32 words of at most 64 characters; kept in lower case, each once. */
const tags = z
  .array(z.string().trim().toLowerCase().min(1).max(64))
  .max(32)
  .transform((words) => [...new Set(words)].sort());

/** All tags of a content; none: it has none any more. */
export const tagsBody = z.strictObject({ tags });

/** A name as uploads have it. */
export const renameBody = z.strictObject({ name: z.string().trim().min(1).max(1024) });

/** Contents in one request, at most. */
export const MAX_BULK = 10_000;

/** The same for many contents; what each of them comes to is in the answer. */
export const bulkBody = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('delete'), ids: z.array(id).min(1).max(MAX_BULK) }),
  z.strictObject({ action: z.literal('tag'), ids: z.array(id).min(1).max(MAX_BULK), tags }),
]);
/** After parsing: ids as decimal text, tags clean. */
export type BulkBody = z.output<typeof bulkBody>;

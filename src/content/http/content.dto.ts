import { z } from 'zod';
import { parseRowId, dealTermsSchema } from '../../shared/index.js';
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
 * anyway.
 */
export const uploadQuery = uploadFields
  .extend({
    'lazy-provide': z
      .string()
      .optional()
      .transform(() => undefined),
  })
  .strict();

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

/** `before` goes with the index; `offset` is there for Estuary's clients. */
export const pageQuery = z.strictObject({
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

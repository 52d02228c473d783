import { z } from 'zod';
import { dealTermsSchema } from '../../shared/index.js';

const rowId = z.string().regex(/^[1-9]\d{0,17}$/, 'has to be a row id');
const whole = z.coerce.number().int();

/** A page of contents: `before` a content's id, newest first; `offset` for clients of Estuary. */
export const pageQuery = z.object({
  limit: whole.min(1).max(500).default(20),
  offset: whole.min(0).max(1_000_000).default(0),
  before: rowId.transform(BigInt).optional(),
});
/** After parsing: ids are bigint. */
export type PageQuery = z.output<typeof pageQuery>;

/** A page of failures: `before` a deal's id, newest first. */
export const failuresQuery = z.object({
  limit: whole.min(1).max(1000).default(500),
  before: rowId.transform(BigInt).optional(),
});
/** After parsing: ids are bigint. */
export type FailuresQuery = z.output<typeof failuresQuery>;

/** `POST /deals/estimate`, in Estuary's names. What is left out is the platform's default. */
export const estimateBody = z.object({
  /** Bytes. */
  size: z.coerce
    .bigint()
    .positive()
    .max(2n ** 50n),
  replication: whole.min(1).max(50).optional(),
  /** Epochs. */
  durationBlks: whole.min(1).max(3_680_640).optional(),
  verified: z.boolean().optional(),
});
/** After parsing: `size` is bigint, in bytes. */
export type EstimateBody = z.output<typeof estimateBody>;

/** `POST /content/terms/:content`: at least one of the two. */
export const termsBody = z
  .object({
    replication: dealTermsSchema.shape.replication,
    /** attoFIL per GiB per epoch, decimal text. */
    maxPrice: z
      .string()
      .regex(/^\d{1,30}$/)
      .transform(BigInt)
      .optional(),
  })
  .strict()
  .refine(
    ({ replication, maxPrice }) => replication !== undefined || maxPrice !== undefined,
    'replication or maxPrice has to be given',
  );
/** After parsing: `maxPrice` is bigint, in attoFIL per GiB per epoch. */
export type TermsBody = z.output<typeof termsBody>;

/** `false`: no new deals until it is switched on again. */
export const switchBody = z.object({ enabled: z.boolean() });
export type SwitchBody = z.output<typeof switchBody>;

/** Without `execute` it is done. */
export const offloadQuery = z.object({ execute: z.enum(['true', 'false']).default('true') });
export type OffloadQuery = z.output<typeof offloadQuery>;

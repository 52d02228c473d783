import { z } from 'zod';
import { parseCid } from '../../shared/index.js';
import type { PinSpec } from '../pin.js';

/**
 * Text that PostgreSQL can keep: no NUL, no half of a surrogate pair. The length counts characters, as JSON Schema
 * does.
 */
export const storedText = (mostCharacters: number) =>
  z
    .string()
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'holds what is not text')
    .refine(
      (text) =>
        text.length <= mostCharacters || (text.length <= 2 * mostCharacters && [...text].length <= mostCharacters),
      `at most ${mostCharacters} characters`,
    );

/** The specification's `meta`: strings by string. */
export const metaSchema = z.record(storedText(64 * 1024), storedText(64 * 1024));

const MOST_META_BYTES = 64 * 1024;

/**
 * CIDv0, and the multibases that every implementation reads: these are answered as they were sent, others in base32.
 */
const EVERYWHERE_KNOWN = /^(Qm|z|[bk][^A-Z]*$)/;

/**
 * Pinning Service API 1.0.0, schema Pin. Origins that cannot be dialled are no error (Kubo sends all its addresses,
 * loopback included).
 */
export const pinSchema = z
  .object({
    cid: z.string().transform((text, context) => {
      const cid = parseCid(text);
      if (cid) return EVERYWHERE_KNOWN.test(text) ? text : cid.toString();
      context.addIssue({ code: 'custom', message: 'is not a CID' });
      return z.NEVER;
    }),
    name: storedText(255).nullish(),
    origins: z.array(storedText(1024)).max(20, 'at most 20').nullish(),
    meta: metaSchema
      .refine((meta) => Object.keys(meta).length <= 1000, 'at most 1000 keys')
      .refine((meta) => JSON.stringify(meta).length <= MOST_META_BYTES, 'too large')
      .nullish(),
  })
  .transform((pin): PinSpec => ({
    cid: pin.cid,
    name: pin.name ?? null,
    origins: [...new Set(pin.origins ?? [])],
    meta: pin.meta ?? {},
  }));

const flag = z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1');

/** Estuary's parameter of uploads, here for pins: 409 for what the account has. */
export const addIpfsQuery = z.object({
  'ignore-dupes': flag.optional(),
  /** Estuary's: of paths in collections. A pin replaces nothing here. */
  overwrite: flag.optional(),
});
/** After parsing: flags are booleans. */
export type AddIpfsQuery = z.output<typeof addIpfsQuery>;

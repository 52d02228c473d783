import { z } from 'zod';

/** Text that PostgreSQL can keep: no NUL, no half of a surrogate pair. The length counts characters, as JSON Schema does. */
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

import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { InvalidInput } from './http.errors.js';

/** Of a name that nobody knows. */
const LONGEST_NAME_SHOWN = 64;

/**
 * The input as the schema says; a missing body counts as `{}`, the body `null` does not.
 *
 * @throws InvalidInput naming every field that is wrong, and why; never the rejected values.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const unkeepable = fieldWithoutText(value);
  if (unkeepable !== null)
    throw new InvalidInput(`${unkeepable}: holds a NUL or half a character, which is not text`, {
      details: { fields: [unkeepable] },
    });
  const result = schema.safeParse(value === undefined ? {} : value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(problemsOf);
  throw new InvalidInput(problems.map(({ field, text }) => (field === '' ? text : `${field}: ${text}`)).join('; '), {
    details: { fields: problems.map(({ field }) => field) },
  });
}

/** One for each field; names that a strict schema does not know are fields, too. */
function problemsOf(issue: z.core.$ZodIssue): { field: string; text: string }[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ field: path.join('.'), text: issue.message }];
  return issue.keys.map((key) => ({
    field: [...path, key.slice(0, LONGEST_NAME_SHOWN).toWellFormed()].join('.'),
    text: 'is not known here: is it misspelt?',
  }));
}

/** The same as a pipe: `@Body(new ZodPipe(schema)) input: Input`, `@Query(new ZodPipe(schema)) query: Query`. */
export class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  /** The documentation and the list of known options read the schema. */
  constructor(readonly schema: S) {}

  transform(value: unknown): z.output<S> {
    return parseInput(this.schema, value);
  }
}

/** The first field whose text no database column can keep (NUL, a lone surrogate); null when there is none. */
function fieldWithoutText(root: unknown): string | null {
  const waiting: { field: string; value: unknown }[] = [{ field: '', value: root }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { field, value } = next;
    if (typeof value === 'string' && !isText(value)) return field || 'input';
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    for (const [key, child] of Object.entries(value)) {
      if (!isText(key)) return field || 'input';
      waiting.push({ field: field === '' ? key : `${field}.${key}`, value: child });
    }
  }
  return null;
}

/** No NUL, no lone surrogate. */
function isText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

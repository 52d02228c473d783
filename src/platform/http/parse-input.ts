import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { InvalidInput } from './http.errors.js';

/**
 * The input as the schema says.
 * @throws InvalidInput naming every field that is wrong, and why; never the rejected values.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const field = issue.path.map(String).join('.');
    return field === '' ? issue.message : `${field}: ${issue.message}`;
  });
  throw new InvalidInput(problems.join('; '), { details: { fields: result.error.issues.map((issue) => issue.path.map(String).join('.')) } });
}

/** The same as a pipe: `@Body(new ZodPipe(schema)) input: Input`, `@Query(new ZodPipe(schema)) query: Query`. */
export class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(private readonly schema: S) {}

  transform(value: unknown): z.output<S> {
    return parseInput(this.schema, value);
  }
}

import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { z } from 'zod';
import { ZodPipe } from './parse-input.js';

/** Keys of Nest's table of a handler's parameters, `<kind>:<index>`. */
const KINDS = { request: 0, body: 3, query: 4 } as const;

interface Argument {
  index: number;
  data?: unknown;
  pipes?: unknown[];
}

/** A schema as JSON Schema of what comes in, before defaults and transformations. */
export interface InputSchema {
  type?: string;
  properties?: Record<string, InputSchema>;
  required?: string[];
  [more: string]: unknown;
}

/**
 * What a handler takes out of its query: names and schemas by the schema of its `@Query(new ZodPipe(schema))`; none
 * where it has no `@Query()` at all; null where it reads the query by itself, and nothing can be told from outside.
 */
export function queryOf(controller: Type, method: string): InputSchema | null {
  const query = argumentsOf(controller, method, 'query');
  if (query.length > 0) return schemaOf(query);
  return argumentsOf(controller, method, 'request').length > 0 ? null : { type: 'object', properties: {} };
}

/** The schema of a handler's `@Body(new ZodPipe(schema))`; null where it has none. */
export function bodyOf(controller: Type, method: string): InputSchema | null {
  return schemaOf(argumentsOf(controller, method, 'body'));
}

function argumentsOf(controller: Type, method: string, kind: keyof typeof KINDS): Argument[] {
  const table = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<string, Argument>;
  return Object.entries(table)
    .filter(([key]) => key.startsWith(`${KINDS[kind]}:`))
    .map(([, argument]) => argument);
}

function schemaOf(found: Argument[]): InputSchema | null {
  const pipe = found.flatMap(({ pipes }) => pipes ?? []).find((candidate) => candidate instanceof ZodPipe);
  if (!pipe) return null;
  return z.toJSONSchema(pipe.schema as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
    target: 'openapi-3.0',
  }) as InputSchema;
}

import type { ApiResponseOptions } from '@nestjs/swagger';

/** A schema of OpenAPI 3.0. */
export type Schema = NonNullable<Extract<ApiResponseOptions, { schema?: unknown }>['schema']>;

// What answers of this room are made of.
export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const number: Schema = { type: 'number' };
export const boolean: Schema = { type: 'boolean' };
export const day: Schema = { type: 'string', format: 'date', example: '2026-05-04' };
export const time: Schema = { type: 'string', format: 'date-time' };
/** attoFIL as decimal text. */
export const attoFil: Schema = { type: 'string', example: '1500000000' };

/** It may be null: nothing was measured, or nothing is known. */
export const orNull = (schema: Schema): Schema => ({ ...schema, nullable: true }) as Schema;

/** An object that has all of these. */
export const object = (properties: Record<string, Schema>): Schema =>
  ({ type: 'object', required: Object.keys(properties), properties }) as Schema;

/** A list of such objects. */
export const listOf = (properties: Record<string, Schema>): Schema =>
  ({ type: 'array', items: object(properties) }) as Schema;

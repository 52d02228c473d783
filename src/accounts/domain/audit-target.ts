import type { Json } from '../../shared/index.js';
import { hashToken, looksLikeToken } from './api-key.js';

const SECRET_NAME = /pass|secret|token|hash|key|auth|code/i;
const LONGEST_TEXT = 200;
const MOST_FIELDS = 20;

/**
 * What an entry of the audit log says of a request: the parts of its path, and the plain fields of its body. Secrets
 * stay out: a key in the path is named by its hash, fields that sound like a secret by their name alone. Bounded,
 * whatever was sent.
 */
export function auditTarget(params: unknown, body: unknown): Record<string, Json> {
  const path = fieldsOf(params).map(([name, value]): [string, Json] => [name, named(value)]);
  const sent = fieldsOf(body).map(([name, value]): [string, Json] => [
    short(name),
    SECRET_NAME.test(name) ? '...' : named(value),
  ]);
  // What the path says goes before the body.
  return Object.fromEntries([...sent, ...path]);
}

function fieldsOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).slice(0, MOST_FIELDS);
}

function named(value: unknown): Json {
  if (typeof value === 'string') return looksLikeToken(value) ? hashToken(value) : short(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return Array.isArray(value) ? `${value.length} items` : '...';
}

/** No column keeps a NUL or half a character. */
function short(text: string): string {
  return text.slice(0, LONGEST_TEXT).replaceAll('\0', '').toWellFormed();
}

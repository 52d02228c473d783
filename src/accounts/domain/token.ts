import { createHash, randomUUID } from 'node:crypto';

const TOKEN = /^EST[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}ARY$/;

/** A new key, `EST<uuid>ARY` as Estuary's: 122 random bits. */
export function newToken(): string {
  return `EST${randomUUID()}ARY`;
}

export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text);
}

/** SHA-256, base64url without padding: all that is ever stored of a token. It is random, so a fast hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

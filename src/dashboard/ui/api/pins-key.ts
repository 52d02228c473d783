import { ask } from './client';
import { storedKey } from './session';
import type { ApiKey } from './types';

/** Long enough for a page that is looked at, short enough to be forgotten. */
const LIFETIME = '24h';

let made: Promise<ApiKey> | null = null;

/**
 * The headers of a call to the pinning API, which takes keys alone: the pasted one, or one that this page makes for
 * itself, keeps in memory and lets expire.
 */
export async function pinningHeaders(): Promise<Record<string, string>> {
  const key = storedKey();
  if (key !== null) return { authorization: `Bearer ${key}` };
  made ??= ask<ApiKey>('/user/api-keys', {
    method: 'POST',
    query: { label: 'pins page', perms: 'user', expiry: LIFETIME },
  });
  try {
    return { authorization: `Bearer ${(await made).token}` };
  } catch (error) {
    made = null;
    throw error;
  }
}

/** After signing out: the next account makes its own. */
export function forgetPinsKey(): void {
  made = null;
}

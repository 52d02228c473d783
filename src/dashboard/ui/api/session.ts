const KEY = 'tidewater.key';
const CSRF_COOKIE = 'tidewater_csrf';

/** The header that a request with a session must bear when it changes anything. */
export const CSRF_HEADER = 'x-csrf-token';

/** The API key that was pasted; it lives as long as this tab. */
export function storedKey(): string | null {
  return sessionStorage.getItem(KEY);
}

/** `null` forgets it. */
export function storeKey(key: string | null): void {
  if (key === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, key);
}

/** The session's token against requests that other sites make; null without a session. */
export function csrfToken(): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${CSRF_COOKIE}=`));
  return found === undefined ? null : decodeURIComponent(found.slice(CSRF_COOKIE.length + 1));
}

const KEY = 'tidewater.key';
const HINT = 'tidewater.signed-in';

/** The header that a request with a session's cookie must bear when it changes anything. */
export const CSRF_HEADER = 'x-csrf-token';

let csrf: string | null = null;

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
  return csrf;
}

/** As `POST /session` or `GET /session` told it; `null` after the session's end. */
export function holdCsrfToken(token: string | null): void {
  csrf = token;
  if (token === null) localStorage.removeItem(HINT);
  else localStorage.setItem(HINT, 'yes');
}

/**
 * Whether it is worth asking who we are: no script can see the session's cookie, so this browser remembers that it
 * signed in, and a page of an account asks in any case (a login link leads there).
 */
export function maySignedIn(): boolean {
  return storedKey() !== null || localStorage.getItem(HINT) !== null || location.pathname.startsWith('/app');
}

import { WeakPassword } from './accounts.errors.js';

/** NIST SP 800-63B, 3.1.1: no rules on its letters, a least length, a length that costs nobody anything. */
export const LEAST_PASSWORD = 8;
export const LONGEST_PASSWORD = 512;

/** What is refused for a new password; old ones are compared as they are. @throws WeakPassword */
export function assertNewSecret(secret: string, username: string): void {
  const length = Array.from(secret).length;
  if (length < LEAST_PASSWORD || length > LONGEST_PASSWORD)
    throw weak(`${LEAST_PASSWORD} to ${LONGEST_PASSWORD} characters`);
  if (secret.toLowerCase() === username) throw weak('not your user name');
  if (new Set(secret).size === 1) throw weak('more than one character over and over');
}

function weak(what: string): WeakPassword {
  return new WeakPassword(`password: ${what}`, { details: { fields: ['password'] } });
}

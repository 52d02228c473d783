import { InvalidUsername } from './accounts.errors.js';

/** Names are one case, as in Estuary: `Ann` and `ann` are one person. @throws InvalidUsername */
export function usernameOf(text: string): string {
  const name = text.trim().toLowerCase();
  if (!/^[a-z0-9][a-z0-9_.-]{0,31}$/.test(name))
    throw new InvalidUsername('username: 1 to 32 letters, digits, dots, dashes or underscores');
  return name;
}

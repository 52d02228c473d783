import { InvalidUsername } from './accounts.errors.js';

/** The name as it is kept: `Ann` and `ann` are one person, as in Estuary. @throws InvalidUsername */
export function usernameOf(text: string): string {
  const name = text.trim().toLowerCase();
  if (!/^[a-z0-9][a-z0-9_.-]{0,31}$/.test(name))
    throw new InvalidUsername('username: 1 to 32 letters, digits, dots, dashes or underscores', {
      details: { fields: ['username'] },
    });
  return name;
}

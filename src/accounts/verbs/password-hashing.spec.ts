import { describe, expect, it } from '@jest/globals';
import { PasswordHashing } from './password-hashing.js';

describe('passwords', () => {
  it('are kept as argon2id with the parameters that OWASP asks for, each with a salt of its own', async () => {
    const passwords = new PasswordHashing();
    const kept = await passwords.hash('correct horse');
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(kept).not.toContain('horse');
    expect(await passwords.hash('correct horse')).not.toBe(kept);
  });

  it('match their own hash and no other', async () => {
    const passwords = new PasswordHashing();
    const kept = await passwords.hash('correct horse');
    expect(await passwords.matches('correct horse', kept)).toBe(true);
    expect(await passwords.matches('Correct horse', kept)).toBe(false);
    expect(await passwords.matches('', kept)).toBe(false);
  });

  it('never match where there is no account', async () => {
    expect(await new PasswordHashing().matches('anything', null)).toBe(false);
  });

  it('wait for their turn in a flood, and the flood beyond it is sent away', async () => {
    const passwords = new PasswordHashing();
    const all = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.matches('x', null)));
    const refused = all.filter(({ status }) => status === 'rejected');
    // Two run, 64 wait.
    expect(refused).toHaveLength(34);
    for (const answer of refused)
      expect(answer).toMatchObject({ reason: { code: 'ERR_UNAVAILABLE', status: 503, retryAfterMs: 2_000 } });
    expect(await passwords.matches('x', null)).toBe(false);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppLogger } from '../../platform/logging/index.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { hashToken, newToken } from '../domain/api-key.js';
import type { Scope } from '../domain/caller.js';
import type { User } from '../ports/account-store.port.js';
import { InMemoryAccountStore } from '../testing/in-memory-account-store.js';
import { VerifyToken } from './verify-token.js';

describe('verifying a token', () => {
  let store: InMemoryAccountStore;
  let clock: TestClock;
  let verify: VerifyToken;
  let ann: User;

  beforeEach(async () => {
    store = new InMemoryAccountStore();
    clock = new TestClock({ at: '2030-01-01T00:00:00Z' });
    verify = new VerifyToken(store, clock, new AppLogger({ level: 'silent', process: 'test' }));
    ann = await store.addUser('ann', 'user');
  });

  async function key(scope: Scope = 'user', expiresAt: Date | null = null): Promise<string> {
    const token = newToken();
    await store.addKey({ userId: ann.id, tokenHash: hashToken(token), label: '', scope, expiresAt });
    return token;
  }

  it('says who holds it and how far it reaches', async () => {
    expect(await verify.run(await key('upload'))).toMatchObject({
      userId: ann.id,
      username: 'ann',
      role: 'user',
      scope: 'upload',
    });
  });

  it("does not let a user's key claim to be an admin's", async () => {
    expect(await verify.run(await key('admin'))).toMatchObject({ scope: 'user' });
  });

  it('asks the store once for many requests at a time', async () => {
    const token = await key();
    await Promise.all(Array.from({ length: 100 }, () => verify.run(token)));
    expect(store.lookups).toBe(1);
  });

  it('does not trouble the store with what cannot be a token', async () => {
    await expect(verify.run('x'.repeat(10_000))).rejects.toMatchObject({ code: 'ERR_INVALID_TOKEN' });
    expect(store.lookups).toBe(0);
  });

  it('stops trusting a revoked key within half a second', async () => {
    const token = await key();
    await verify.run(token);
    await store.revokeKey(ann.id, { tokenHash: hashToken(token) }, clock.now());
    clock.advance(501);
    await expect(verify.run(token)).rejects.toMatchObject({ code: 'ERR_INVALID_TOKEN' });
  });

  it('learns of a key that was unknown a moment ago', async () => {
    const token = newToken();
    await expect(verify.run(token)).rejects.toMatchObject({ code: 'ERR_INVALID_TOKEN' });
    await store.addKey({ userId: ann.id, tokenHash: hashToken(token), label: '', scope: 'user', expiresAt: null });
    clock.advance(501);
    expect(await verify.run(token)).toMatchObject({ username: 'ann' });
  });

  it('notices expiry on the moment, remembered or not', async () => {
    const token = await key('user', new Date(clock.now().getTime() + 100));
    await verify.run(token);
    clock.advance(100);
    await expect(verify.run(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_EXPIRED' });
  });

  it('writes the last use down once a minute', async () => {
    const token = await key();
    const first = clock.now();
    await verify.run(token);
    clock.advance(30_000);
    await verify.run(token);
    const lastUse = async () => (await store.keyByHash(hashToken(token)))?.key.lastUsedAt;
    expect(await lastUse()).toEqual(first);
    clock.advance(31_000);
    await verify.run(token);
    expect(await lastUse()).toEqual(clock.now());
  });
});

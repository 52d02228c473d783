import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import type { UserId } from '../../shared/index.js';
import { hashToken, looksLikeToken } from '../domain/api-key.js';
import { InMemoryAccountStore } from '../testing/in-memory-account-store.js';
import { ApiKeyRegistry } from './api-key-registry.js';

describe('the keys of a user', () => {
  let store: InMemoryAccountStore;
  let clock: TestClock;
  let keys: ApiKeyRegistry;
  let ann: UserId;
  const create = (expiry = '720h', userId = ann) => keys.create({ userId, scope: 'user', label: 'laptop', expiry });

  beforeEach(async () => {
    store = new InMemoryAccountStore();
    clock = new TestClock();
    keys = new ApiKeyRegistry(store, clock);
    ann = (await store.addUser('ann', 'user')).id;
  });

  it('are shown once: what is kept is the hash', async () => {
    const { key, token } = await create();
    expect(looksLikeToken(token)).toBe(true);
    expect(key.tokenHash).toBe(hashToken(token));
    expect(JSON.stringify(await keys.ofUser(ann))).not.toContain(token);
  });

  it('expire when their maker said, or never', async () => {
    expect((await create('1h')).key.expiresAt).toEqual(new Date(clock.now().getTime() + 3_600_000));
    expect((await create('false')).key.expiresAt).toBeNull();
    await expect(create('soon')).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
  });

  it('are revoked by token, hash or id, each once', async () => {
    const made = [await create(), await create(), await create()];
    const names = [made[0]!.token, made[1]!.key.tokenHash, made[2]!.key.id];
    for (const key of names) await keys.revoke({ userId: ann, key });
    expect(await keys.ofUser(ann)).toEqual([]);
    for (const key of names)
      await expect(keys.revoke({ userId: ann, key })).rejects.toMatchObject({ code: 'ERR_RECORD_NOT_FOUND' });
  });

  it("of another user are nobody's to revoke, and read as if they were not there", async () => {
    const ben = (await store.addUser('ben', 'user')).id;
    const { token } = await create();
    await expect(keys.revoke({ userId: ben, key: token })).rejects.toMatchObject({ code: 'ERR_RECORD_NOT_FOUND' });
    expect(await keys.ofUser(ann)).toHaveLength(1);
  });
});

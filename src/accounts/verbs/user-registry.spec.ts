import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryAccountStore } from '../testing/in-memory-account-store.js';
import { UserRegistry } from './user-registry.js';

describe('the users of the platform', () => {
  let users: UserRegistry;

  beforeEach(() => {
    users = new UserRegistry(new InMemoryAccountStore());
  });

  it('have names of one case, so that nobody passes for somebody else', async () => {
    const ann = await users.create({ username: ' Ann ', role: 'user' });
    expect(ann.username).toBe('ann');
    expect(await users.named('ANN ')).toEqual(ann);
    await expect(users.create({ username: 'aNN', role: 'user' })).rejects.toMatchObject({ code: 'ERR_USERNAME_TAKEN' });
  });

  it.each(['', ' ', '.ann', '-', 'a b', 'ann@host', 'é', 'a'.repeat(33), 'a/b', 'a\n'.repeat(2)])(
    'are not called %j',
    async (username) => {
      await expect(users.create({ username, role: 'user' })).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
    },
  );

  it('are listed oldest first, page by page', async () => {
    for (const username of ['ann', 'ben', 'cleo']) await users.create({ username, role: 'user' });
    const first = await users.list({ limit: 2 });
    expect(first.map(({ username }) => username)).toEqual(['ann', 'ben']);
    expect((await users.list({ limit: 2, after: first[1]!.id })).map(({ username }) => username)).toEqual(['cleo']);
  });

  it('are not found under a name that nobody has', async () => {
    await expect(users.named('nobody')).rejects.toMatchObject({ code: 'ERR_USER_NOT_FOUND', status: 404 });
  });
});

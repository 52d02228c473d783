import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccountStore, type User } from '../ports/account-store.port.js';

let names = 0;
const freshName = () => `user-${process.pid}-${(names += 1)}`;

/** What every AccountStore promises. `make` gives a store that may hold others' rows. */
export function describeAccountStoreContract(name: string, make: () => AccountStore): void {
  describe(`AccountStore: ${name}`, () => {
    let store: AccountStore;
    let ann: User;
    let hashes = 0;
    const freshHash = () => `hash-${ann.username}-${(hashes += 1)}`;
    const addKey = (owner: User, tokenHash: string) =>
      store.addKey({ userId: owner.id, tokenHash, label: 'a label', scope: 'user', expiresAt: null });

    beforeEach(async () => {
      store = make();
      ann = await store.addUser(freshName(), 'user');
    });

    it('finds a user by name, and nobody by another', async () => {
      expect(await store.userByName(ann.username)).toEqual(ann);
      expect(await store.userByName('nobody-of-this-name')).toBeNull();
    });

    it('lets a name be taken once', async () => {
      await expect(store.addUser(ann.username, 'admin')).rejects.toMatchObject({ code: 'ERR_USERNAME_TAKEN' });
    });

    it('lists users page by page', async () => {
      const ben = await store.addUser(freshName(), 'user');
      await store.addUser(freshName(), 'user');
      expect(await store.listUsers({ limit: 1, after: ann.id })).toEqual([ben]);
    });

    it('finds a key with its user by its hash', async () => {
      const expiresAt = new Date('2040-01-01T00:00:00.000Z');
      const key = await store.addKey({
        userId: ann.id,
        tokenHash: freshHash(),
        label: 'laptop',
        scope: 'upload',
        expiresAt,
      });
      expect(await store.keyByHash(key.tokenHash)).toEqual({ key, user: ann, actor: null });
      expect(key).toMatchObject({ label: 'laptop', scope: 'upload', expiresAt, revokedAt: null, lastUsedAt: null });
      expect(await store.keyByHash('no-such-hash')).toBeNull();
    });

    it("knows who acts by a key in its user's name", async () => {
      const root = await store.addUser(freshName(), 'admin');
      const key = await store.addKey({
        userId: ann.id,
        tokenHash: freshHash(),
        label: '',
        kind: 'session',
        scope: 'user',
        expiresAt: null,
        actedBy: root.id,
      });
      expect(await store.keyByHash(key.tokenHash)).toMatchObject({ user: ann, actor: root.username });
    });

    it("lists a user's own living keys, newest first", async () => {
      const ben = await store.addUser(freshName(), 'user');
      const first = await addKey(ann, freshHash());
      const second = await addKey(ann, freshHash());
      const revoked = await addKey(ann, freshHash());
      await addKey(ben, freshHash());
      await store.revokeKey(ann.id, { id: revoked.id }, new Date());
      expect((await store.keysOf(ann.id)).map(({ id }) => id)).toEqual([second.id, first.id]);
    });

    it("revokes a key by hash or id, once, and nobody else's", async () => {
      const ben = await store.addUser(freshName(), 'user');
      const byHash = await addKey(ann, freshHash());
      const byId = await addKey(ann, freshHash());
      const at = new Date('2031-01-01T00:00:00.000Z');
      expect(await store.revokeKey(ben.id, { tokenHash: byHash.tokenHash }, at)).toBe(false);
      expect(await store.revokeKey(ben.id, { id: byId.id }, at)).toBe(false);
      expect(await store.revokeKey(ann.id, { tokenHash: byHash.tokenHash }, at)).toBe(true);
      expect(await store.revokeKey(ann.id, { tokenHash: byHash.tokenHash }, at)).toBe(false);
      expect(await store.revokeKey(ann.id, { id: byId.id }, at)).toBe(true);
      expect((await store.keyByHash(byHash.tokenHash))?.key.revokedAt).toEqual(at);
    });

    it('ends all sessions of a user but one, and no key', async () => {
      const session = (kind: 'session' | 'browser') =>
        store.addKey({ userId: ann.id, tokenHash: freshHash(), label: '', kind, scope: 'user', expiresAt: null });
      const key = await addKey(ann, freshHash());
      const [mine] = [await session('browser'), await session('session'), await session('browser')];
      await store.revokeSessions(ann.id, mine.id, new Date());
      expect((await store.keysOf(ann.id)).map(({ id, kind }) => [id, kind])).toEqual([
        [mine.id, 'browser'],
        [key.id, 'key'],
      ]);
    });

    it('notes when a key was used', async () => {
      const key = await addKey(ann, freshHash());
      const at = new Date('2032-01-01T00:00:00.000Z');
      await store.touchKey(key.id, at);
      expect((await store.keyByHash(key.tokenHash))?.key.lastUsedAt).toEqual(at);
    });
  });
}

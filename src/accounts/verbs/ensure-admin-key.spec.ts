import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppLogger } from '../../platform/logging/index.js';
import { SystemClock } from '../../shared/index.js';
import { hashToken } from '../domain/api-key.js';
import { InMemoryAccountStore } from '../testing/in-memory-account-store.js';
import { ApiKeyRegistry } from './api-key-registry.js';
import { EnsureAdminKey, type KeyFile } from './ensure-admin-key.js';
import { VerifyToken } from './verify-token.js';

class PaperKeyFile implements KeyFile {
  token: string | null = null;
  read(): Promise<string | null> {
    return Promise.resolve(this.token);
  }
  write(token: string): Promise<void> {
    this.token = token;
    return Promise.resolve();
  }
}

describe("the first admin's key", () => {
  let store: InMemoryAccountStore;
  let file: PaperKeyFile;
  const ensure = () => {
    const clock = new SystemClock();
    const verify = new VerifyToken(store, clock, new AppLogger({ level: 'silent', process: 'test' }));
    return new EnsureAdminKey(store, verify, new ApiKeyRegistry(store, clock)).run(file);
  };

  beforeEach(() => {
    store = new InMemoryAccountStore();
    file = new PaperKeyFile();
  });

  it('is made with the user admin, and reaches everything', async () => {
    expect(await ensure()).toEqual({ created: true });
    expect(await store.keyByHash(hashToken(file.token ?? ''))).toMatchObject({
      key: { scope: 'admin', expiresAt: null },
      user: { username: 'admin', role: 'admin' },
    });
  });

  it('stays as it is while it works', async () => {
    await ensure();
    const before = file.token;
    expect(await ensure()).toEqual({ created: false });
    expect(file.token).toBe(before);
  });

  it('is made anew when the file is lost', async () => {
    await ensure();
    file.token = null;
    expect(await ensure()).toEqual({ created: true });
    expect(file.token).not.toBeNull();
  });

  it('is made anew when the file holds a key of another database, or a revoked one', async () => {
    file.token = 'EST00000000-0000-4000-8000-000000000000ARY';
    expect(await ensure()).toEqual({ created: true });
    const admin = await store.userByName('admin');
    if (admin) await store.revokeKey(admin.id, { tokenHash: hashToken(file.token) }, new Date());
    expect(await ensure()).toEqual({ created: true });
  });

  it('is not given to a plain user who took the name', async () => {
    await store.addUser('admin', 'user');
    await expect(ensure()).rejects.toMatchObject({ code: 'ERR_NOT_AUTHORIZED' });
    expect(file.token).toBeNull();
  });
});

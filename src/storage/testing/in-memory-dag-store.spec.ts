import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { anyUser, describeDagStoreContract, raw } from './dag-store.contract.js';
import { InMemoryDagStore } from './in-memory-dag-store.js';

describeDagStoreContract('in memory', async () => {
  const store = new InMemoryDagStore();
  return {
    store,
    hotBlocks: store.hotBlocks,
    userId: anyUser,
    offload: async (root) => store.offload(root),
    quota: async (bytes) => {
      if (bytes === null) store.quotas.delete(anyUser);
      else store.quotas.set(anyUser, bytes);
    },
    used: async () => store.usedBy(anyUser),
    close: async () => undefined,
  };
});

describe('the failing stores that tests can ask for', () => {
  it('a full disk refuses blocks', async () => {
    const store = new InMemoryDagStore();
    const { cid, bytes } = raw(randomBytes(10));
    const intake = await store.begin('pin');
    store.failing = 'disk-full';
    await expect(intake.put(cid, bytes)).rejects.toMatchObject({ code: 'ERR_DISK_FULL', status: 507 });
  });

  it('a torn write keeps nothing', async () => {
    const store = new InMemoryDagStore();
    const { cid, bytes } = raw(randomBytes(10));
    const intake = await store.begin('pin');
    await intake.put(cid, bytes);
    store.failing = 'torn-write';
    await expect(
      intake.commit(cid, { userId: anyUser, cid: cid.toString(), name: 'a', type: 'file', profile: 'pin' }),
    ).rejects.toMatchObject({ code: 'ERR_CAR_WRITE_FAILED' });
    expect(await store.hotBlocks.has(cid)).toBe(false);
    expect(store.contents).toEqual([]);
  });
});

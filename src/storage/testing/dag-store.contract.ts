import type { NewContent } from '../../content/index.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import type { Tx } from '../../platform/prisma/index.js';
import { contentId, userId, type ContentId, type UserId } from '../../shared/index.js';
import type { DagStore } from '../ports/dag-store.port.js';
import type { HotBlocks } from '../ports/hot-blocks.port.js';
import { eventually } from '../../../test/support/until.js';

export interface DagStoreWorld {
  store: DagStore;
  hotBlocks: HotBlocks;
  userId: UserId;
  /** Makes the DAG leave this node while its contents stay. */
  offload(root: CID): Promise<void>;
  /** What the user's contents may add up to; null: anything. */
  quota(bytes: number | null): Promise<void>;
  /** What the user's contents add up to now. */
  used(): Promise<number>;
  close(): Promise<void>;
}

/** What every CAR store promises, whatever it is made of. */
export function describeDagStoreContract(name: string, make: () => Promise<DagStoreWorld>): void {
  describe(`the DAG store ${name}`, () => {
    let world: DagStoreWorld;
    beforeAll(async () => {
      world = await make();
    }, 60_000);
    afterAll(async () => {
      await world.close();
    });

    const options = (cid: CID, more: Partial<NewContent> = {}): NewContent => ({
      userId: world.userId,
      cid: cid.toString(),
      name: 'a',
      type: 'unknown',
      profile: 'pin',
      ...more,
    });

    it.each([
      ['small', 3, 1000],
      ['large', 4, 1024 * 1024],
    ])('keeps a %s DAG, readable from its first block on', async (_size, count, length) => {
      const { root, blocks } = dag(count, length);
      const intake = await world.store.begin('pin');
      for (const block of blocks) {
        expect(intake.has(block.cid)).toBe(false);
        await intake.put(block.cid, block.bytes);
        expect(intake.has(block.cid)).toBe(true);
      }
      const [first] = blocks;
      await eventually(async () => expect(await holds(first!)).toBe(true));
      expect(intake.blocks).toBe(blocks.length);
      const committed = await intake.commit(root, options(root));
      expect(committed.dag).toMatchObject({
        root: root.toString(),
        size: count * length,
        blocks: count + 1,
        hot: true,
      });
      for (const block of blocks) {
        expect(await holds(block)).toBe(true);
        expect(await world.hotBlocks.size(block.cid)).toBe(block.bytes.length);
        expect(await world.hotBlocks.has(block.cid)).toBe(true);
      }
      expect(await world.store.find(root)).toEqual(committed.dag);
      const runs = await world.store.runs(committed.dag.dagId);
      expect(runs).toEqual([expect.objectContaining({ copy: 0, seq: 0 })]);
      expect(runs[0]!.length).toBeGreaterThanOrEqual(count * length);
    });

    it('takes a block in pieces, and a block twice only once', async () => {
      const { cid, bytes } = raw(randomBytes(5000));
      const intake = await world.store.begin('pin');
      await intake.put(cid, [bytes.subarray(0, 10), bytes.subarray(10, 10), bytes.subarray(10)]);
      await intake.put(cid, bytes);
      expect([intake.blocks, intake.bytes]).toEqual([1, 5000]);
      await intake.commit(cid, options(cid));
      expect(await holds({ cid, bytes })).toBe(true);
    });

    it('stores the same DAG once, and refers to it twice', async () => {
      const { root, blocks } = dag(2, 300);
      const first = await commitWhole(root, blocks);
      const second = await commitWhole(root, blocks);
      expect(second.contentId).not.toBe(first.contentId);
      expect(second.dag).toEqual(first.dag);
      expect(await world.store.runs(first.dag.dagId)).toHaveLength(1);
    });

    it('a DAG that nobody could follow stands for no other: the whole one is kept beside it, and for others from then on', async () => {
      const { root, blocks } = dag(2, 300);
      const top = blocks.at(-1)!;
      const partial = await world.store.begin('pin');
      await partial.put(top.cid, top.bytes);
      const [first] = await partial.commitAll([{ root, reference: options(root), whole: false }]);
      expect(await world.store.addReference(root, options(root))).toBeNull();
      const again = await world.store.begin('pin');
      await again.put(top.cid, top.bytes);
      await again.commitAll([{ root, reference: options(root), whole: false }]);
      expect(await world.store.runs(first!.dag.dagId)).toHaveLength(1);
      const whole = await commitWhole(root, blocks);
      expect(whole.dag).toMatchObject({ dagId: first!.dag.dagId, blocks: 3 });
      expect(await world.store.find(root)).toEqual(whole.dag);
      for (const block of blocks) expect(await holds(block)).toBe(true);
      expect(await world.store.runs(first!.dag.dagId)).toHaveLength(2);
      await commitWhole(root, blocks);
      expect(await world.store.runs(first!.dag.dagId)).toHaveLength(2);
      expect(await world.store.addReference(root, options(root))).not.toBeNull();
    });

    it('a CIDv0 and a CIDv1 of one hash are one DAG', async () => {
      const { root, blocks } = dag(1, 50);
      const v0 = CID.createV0(root.multihash as Digest.Digest<0x12, number>);
      const first = await commitWhole(root, blocks);
      const second = await commitWhole(v0, blocks);
      expect(second.dag.dagId).toBe(first.dag.dagId);
      expect(await world.hotBlocks.has(v0)).toBe(true);
    });

    it('refers to what is hot, and to nothing else', async () => {
      const { cid, bytes } = raw(randomBytes(64));
      expect(await world.store.addReference(cid, options(cid))).toBeNull();
      const { contentId: id } = await commitWhole(cid, [{ cid, bytes }]);
      const other = await world.store.addReference(cid, options(cid));
      expect(other).not.toBeNull();
      expect(other).not.toBe(id);
    });

    it("the caller's own change commits with the content", async () => {
      const { cid, bytes } = raw(randomBytes(64));
      const seen: ContentId[] = [];
      const within = async (_tx: Tx, id: ContentId): Promise<void> => {
        seen.push(id);
      };
      const { contentId: id } = await commitWhole(cid, [{ cid, bytes }], { within });
      const other = await world.store.addReference(cid, options(cid, { within }));
      expect(seen).toEqual([id, contentId(other!)]);
    });

    it("when the caller's own change fails, nothing is stored", async () => {
      const { cid, bytes } = raw(randomBytes(2 * 1024 * 1024));
      const small = raw(randomBytes(64));
      const within = (): Promise<void> => Promise.reject(new Error('not today'));
      for (const block of [{ cid, bytes }, small]) {
        await expect(commitWhole(block.cid, [block], { within })).rejects.toThrow('not today');
        expect(await world.store.find(block.cid)).toBeNull();
      }
      expect(await world.hotBlocks.has(cid)).toBe(false);
    });

    it.each([
      ['small', 100],
      ['large', 2 * 1024 * 1024],
    ])('an aborted %s intake leaves nothing', async (_size, length) => {
      const { cid, bytes } = raw(randomBytes(length));
      const intake = await world.store.begin('pin');
      await intake.put(cid, bytes);
      await intake.abort();
      await intake.abort();
      expect(await world.hotBlocks.get(cid)).toBeNull();
      expect(await world.hotBlocks.has(cid)).toBe(false);
      expect(await world.store.find(cid)).toBeNull();
    });

    it('a DAG without its root block is refused, and nothing of it stays', async () => {
      const { cid, bytes } = raw(randomBytes(100));
      const absent = raw(randomBytes(100)).cid;
      const intake = await world.store.begin('pin');
      await intake.put(cid, bytes);
      await expect(intake.commit(absent, options(absent))).rejects.toMatchObject({ code: 'ERR_CAR_ROOT_MISSING' });
      expect(await world.hotBlocks.has(cid)).toBe(false);
    });

    it('several roots of one intake become several contents at once', async () => {
      const parts = [raw(randomBytes(100)), raw(randomBytes(200))];
      const intake = await world.store.begin('pin');
      for (const { cid, bytes } of parts) await intake.put(cid, bytes);
      const committed = await intake.commitAll(parts.map(({ cid }) => ({ root: cid, reference: options(cid) })));
      expect(committed.map(({ dag: stored }) => stored.size)).toEqual([100, 200]);
      expect(new Set(committed.map(({ contentId: id }) => id)).size).toBe(2);
    });

    it.each([
      ['small', 1000],
      ['large', 2 * 1024 * 1024],
    ])('refuses a %s DAG that passes the quota of its account, and keeps nothing of it', async (_size, length) => {
      const [kept, refused] = [dag(1, length), dag(1, length)];
      const before = await world.used();
      await commitWhole(kept.root, kept.blocks);
      const each = (await world.used()) - before;
      await world.quota(await world.used());
      try {
        await expect(commitWhole(refused.root, refused.blocks)).rejects.toMatchObject({
          code: 'ERR_QUOTA_EXCEEDED',
          details: { left: 0 },
        });
        await expect(
          commitWhole(refused.root, refused.blocks, { within: () => Promise.resolve() }),
        ).rejects.toMatchObject({ code: 'ERR_QUOTA_EXCEEDED' });
        await expect(world.store.addReference(kept.root, options(kept.root))).rejects.toMatchObject({
          code: 'ERR_QUOTA_EXCEEDED',
        });
        expect(await world.store.find(refused.root)).toBeNull();
        for (const { cid } of refused.blocks) expect(await world.hotBlocks.get(cid)).toBeNull();
        await world.quota((await world.used()) + 2 * each);
        await commitWhole(refused.root, refused.blocks);
        expect(await world.store.addReference(kept.root, options(kept.root))).not.toBeNull();
        expect(
          await world.store.addReference(kept.root, options(kept.root)).catch(({ code }: { code: string }) => code),
        ).toBe('ERR_QUOTA_EXCEEDED');
      } finally {
        await world.quota(null);
      }
    });

    it('stores a batch of one account up to its quota, whoever else is in it', async () => {
      await world.quota((await world.used()) + 3000);
      try {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 10 }, async () => {
            const { cid, bytes } = raw(randomBytes(1000));
            return commitWhole(cid, [{ cid, bytes }]);
          }),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      } finally {
        await world.quota(null);
      }
    });

    it('brings an offloaded DAG back', async () => {
      const { root, blocks } = dag(2, 700_000);
      const { dag: stored } = await commitWhole(root, blocks);
      await world.offload(root);
      expect(await world.hotBlocks.get(root)).toBeNull();
      expect((await world.store.find(root))?.hot).toBe(false);
      expect(await world.store.addReference(root, options(root))).toBeNull();
      const intake = await world.store.begin('copy');
      for (const { cid, bytes } of blocks) await intake.put(cid, bytes);
      expect(await intake.restore(root)).toMatchObject({ dagId: stored.dagId, hot: true });
      expect(await world.hotBlocks.get(root)).not.toBeNull();
      const runs = await world.store.runs(stored.dagId);
      expect(runs.map((run) => run.copy)).toEqual([0, 1]);
    });

    it('does not restore what nobody wants', async () => {
      const { cid, bytes } = raw(randomBytes(100));
      const intake = await world.store.begin('copy');
      await intake.put(cid, bytes);
      await expect(intake.restore(cid)).rejects.toMatchObject({ code: 'ERR_CONTENT_NOT_FOUND' });
      expect(await world.hotBlocks.has(cid)).toBe(false);
    });

    it('answers identity CIDs from themselves', async () => {
      const cid = CID.createV1(0x55, Digest.create(0, Buffer.from('hello')));
      expect(Buffer.from((await world.hotBlocks.get(cid))!).toString()).toBe('hello');
      expect([await world.hotBlocks.has(cid), await world.hotBlocks.size(cid)]).toEqual([true, 5]);
    });

    /** Compared as bytes: the matchers walk a buffer byte by byte. */
    async function holds({ cid, bytes }: { cid: CID; bytes: Uint8Array }): Promise<boolean> {
      const stored = await world.hotBlocks.get(cid);
      return stored !== null && Buffer.compare(stored, bytes) === 0;
    }

    async function commitWhole(
      root: CID,
      blocks: readonly { cid: CID; bytes: Uint8Array }[],
      more: Partial<NewContent> = {},
    ) {
      const intake = await world.store.begin('pin');
      for (const { cid, bytes } of blocks) await intake.put(cid, bytes);
      return intake.commit(root, options(root, more));
    }
  });
}

/** A node and its raw leaves, leaves first. */
export function dag(leaves: number, length: number): { root: CID; blocks: { cid: CID; bytes: Uint8Array }[] } {
  const blocks = Array.from({ length: leaves }, () => raw(randomBytes(length)));
  const file = new UnixFS({ type: 'file', blockSizes: blocks.map(() => BigInt(length)) });
  const bytes = dagPb.encode(
    dagPb.prepare({ Data: file.marshal(), Links: blocks.map(({ cid }) => ({ Name: '', Hash: cid, Tsize: length })) }),
  );
  const root = CID.createV1(dagPb.code, Digest.create(0x12, hash('sha256', bytes, 'buffer')));
  return { root, blocks: [...blocks, { cid: root, bytes }] };
}

export function raw(bytes: Uint8Array): { cid: CID; bytes: Uint8Array } {
  return { cid: CID.createV1(0x55, Digest.create(0x12, hash('sha256', bytes, 'buffer'))), bytes };
}

/** A user for stores that do not know users. */
export const anyUser = userId('00000000-0000-7000-8000-000000000001');

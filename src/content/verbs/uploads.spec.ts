import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { encode } from '@ipld/dag-cbor';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { AppConfig } from '../../config/index.js';
import { carHeaderOf, cidOf, DAG_CBOR, RAW, sectionPrefix } from '../../ipld/index.js';
import { userId } from '../../shared/index.js';
import { InMemoryDagStore } from '../../storage/testing/in-memory-dag-store.js';
import { ContentExists } from '../domain/content.errors.js';
import type { Upload, UploadOptions } from '../domain/upload.js';
import { AccountQuota } from './account-quota.js';
import { AddCar } from './add-car.js';
import { AddFile } from './add-file.js';
import type { ContentRegistry } from './content-registry.js';

const ann = userId('01890000-0000-7000-8000-00000000000a');
const MIB = 1024 * 1024;

async function* stream(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

function setting({ quota = null, limit = 8 * MIB }: { quota?: number | null; limit?: number } = {}) {
  const dags = new InMemoryDagStore();
  const usage = {
    counted: () => Promise.resolve({ bytes: dags.usedBy(ann), contents: 0 }),
    ofMany: () => Promise.resolve(new Map()),
  };
  const accountQuota = new AccountQuota(testLimits([[ann, { bytesQuota: quota }]]), usage);
  // The registry reads rows; here it knows what the store holds.
  const contents = {
    assertNew: async (_user, root) => {
      if (await dags.find(root)) throw new ContentExists('there already');
    },
  } as Pick<ContentRegistry, 'assertNew'> as ContentRegistry;
  const config = AppConfig.parse({ CONTENT_SIZE_LIMIT: String(limit) });
  return {
    dags,
    addFile: new AddFile(dags, contents, accountQuota, config),
    addCar: new AddCar(dags, contents, accountQuota, config),
  };
}

function uploadOf(source: AsyncIterable<Uint8Array>, options: UploadOptions = {}, more: Partial<Upload> = {}): Upload {
  return { userId: ann, source, options: () => options, ...more };
}

describe('a file that is added', () => {
  let { dags, addFile } = setting();

  beforeEach(() => {
    ({ dags, addFile } = setting());
  });

  it('becomes a content under its name, with its CID and its size', async () => {
    const bytes = randomBytes(3 * MIB + 5);
    const added = await addFile.run(uploadOf(stream(bytes), { name: 'a/b/cat.jpg' }), 'unixfs-v1-2025');
    expect(added).toMatchObject({ size: bytes.length, cid: added.root });
    expect(dags.contents).toEqual([
      expect.objectContaining({
        userId: ann,
        cid: added.cid,
        name: 'cat.jpg',
        type: 'file',
        profile: 'unixfs-v1-2025',
      }),
    ]);
  });

  it('is named by its CID where nobody named it, in the version that its profile has', async () => {
    const { cid } = await addFile.run(uploadOf(stream(Buffer.from('hello'))), 'unixfs-v0-2015');
    expect(cid).toMatch(/^Qm/);
    expect(dags.contents[0]).toMatchObject({ name: cid });
  });

  it('takes its terms with it, asked for only once everything was read', async () => {
    let read = false;
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      read = true;
    }
    const options = (): UploadOptions => ({ terms: { replication: read ? 3 : 99 } });
    await addFile.run({ userId: ann, source: slow(), options }, 'unixfs-v1-2025');
    expect(dags.contents[0]?.terms).toEqual({ replication: 3 });
  });

  it('empties buffers that are its own, and no others', async () => {
    const [own, others] = [new Uint8Array(MIB), new Uint8Array(MIB)];
    await addFile.run(uploadOf(stream(own), {}, { ownsBuffers: true }), 'unixfs-v0-2015');
    await addFile.run(uploadOf(stream(others)), 'unixfs-v0-2015');
    expect([own.length, others.length]).toEqual([0, MIB]);
  });

  it.each([
    ['is larger than contents may be', { limit: 10 }, {}, 'ERR_CONTENT_SIZE_OVER_LIMIT'],
    ['is announced to be larger', { limit: 10 }, { length: 11 }, 'ERR_CONTENT_SIZE_OVER_LIMIT'],
    ['passes the quota', { quota: 10 }, {}, 'ERR_QUOTA_EXCEEDED'],
    ['is announced to pass the quota', { quota: 10 }, { length: 11 }, 'ERR_QUOTA_EXCEEDED'],
  ])('leaves nothing behind when it %s', async (_name, bounds, more, code) => {
    const { dags: store, addFile: add } = setting(bounds);
    const bytes = stream(randomBytes(8), randomBytes(8));
    await expect(add.run(uploadOf(bytes, {}, more), 'unixfs-v1-2025')).rejects.toMatchObject({ code });
    expect(store.contents).toEqual([]);
  });

  it.each(['disk-full', 'torn-write'] as const)('leaves nothing behind when the disk fails (%s)', async (failing) => {
    dags.failing = failing;
    await expect(addFile.run(uploadOf(stream(randomBytes(8))), 'unixfs-v1-2025')).rejects.toThrow();
    expect(dags.contents).toEqual([]);
  });

  it('is refused the second time when duplicates are to be ignored', async () => {
    const bytes = randomBytes(100);
    await addFile.run(uploadOf(stream(bytes)), 'unixfs-v1-2025');
    await addFile.run(uploadOf(stream(bytes)), 'unixfs-v1-2025');
    const again = addFile.run(uploadOf(stream(bytes), { ignoreDupes: true }), 'unixfs-v1-2025');
    await expect(again).rejects.toMatchObject({ code: 'ERR_CONTENT_EXISTS' });
    expect(dags.contents).toHaveLength(2);
  });
});

describe('a CAR that is added', () => {
  const leaf = { cid: cidOf(RAW, Buffer.from('leaf')), bytes: Buffer.from('leaf') };
  const bytes = encode([leaf.cid]);
  const node = { cid: cidOf(DAG_CBOR, bytes), bytes };
  const car = (
    roots: readonly { cid: typeof leaf.cid }[],
    blocks: readonly { cid: typeof leaf.cid; bytes: Uint8Array }[],
  ) =>
    stream(
      carHeaderOf(roots.map(({ cid }) => cid)),
      ...blocks.flatMap((block) => [sectionPrefix(block.cid, block.bytes.length), block.bytes]),
    );

  it('gives a content for each of its roots, in their order', async () => {
    const { dags, addCar } = setting();
    const added = await addCar.run(uploadOf(car([node, leaf], [node, leaf]), { name: 'two' }));
    expect(added.map(({ cid }) => cid)).toEqual([node.cid.toString(), leaf.cid.toString()]);
    expect(dags.contents.map(({ name, profile, type }) => ({ name, profile, type }))).toEqual([
      { name: 'two', profile: 'car', type: 'unknown' },
      { name: 'two', profile: 'car', type: 'unknown' },
    ]);
  });

  it.each([
    ['has a hole', car([node], [node]), 'ERR_CAR_INCOMPLETE'],
    ['lacks its root', car([node], [leaf]), 'ERR_CAR_ROOT_MISSING'],
    [
      'holds other bytes than it says',
      car([leaf], [{ cid: leaf.cid, bytes: Buffer.from('lead') }]),
      'ERR_CAR_BLOCK_HASH_MISMATCH',
    ],
    ['is none', stream(Buffer.from('<!doctype html>')), 'ERR_CAR_INVALID'],
  ])('leaves nothing behind when it %s', async (_name, source, code) => {
    const { dags, addCar } = setting();
    await expect(addCar.run(uploadOf(source))).rejects.toMatchObject({ code });
    expect(dags.contents).toEqual([]);
    expect(await dags.hotBlocks.has(leaf.cid)).toBe(false);
  });
});

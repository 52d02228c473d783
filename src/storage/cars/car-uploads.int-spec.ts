import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as dagCbor from '@ipld/dag-cbor';
import { importer } from 'ipfs-unixfs-importer';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { CarReclaimer } from './car-reclaimer.js';
import { SegmentCommitter } from './segment-committer.js';
import { makeCar, membersOf, rawBlock, readCar } from '../testing/car-files.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';

const MIB = 1024 * 1024;

/** What a file becomes, leaves first. */
async function fileBlocks(content: Uint8Array): Promise<{ cid: CID; blocks: { cid: CID; bytes: Uint8Array }[] }> {
  const blocks: { cid: CID; bytes: Uint8Array }[] = [];
  const keep = {
    put: (cid: CID, bytes: Uint8Array) => {
      blocks.push({ cid, bytes });
      return cid;
    },
  };
  for await (const { cid } of importer([{ content }], keep as never, { profile: 'unixfs-v1-2025' }))
    return { cid, blocks };
  throw new Error('one file was expected');
}

describe('CARs over HTTP', () => {
  let node: ContentNode;
  let alice: Client;
  beforeAll(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
  }, 60_000);
  afterAll(() => node.close());

  const hot = async (cid: CID): Promise<Buffer | null> => {
    const bytes = await node.app.get(HotBlocks, { strict: false }).get(cid);
    return bytes && Buffer.from(bytes);
  };
  const state = async (): Promise<unknown> => ({
    rows: await node.database.query(
      'SELECT (SELECT count(*) FROM contents) AS contents, (SELECT count(*) FROM dags) AS dags, (SELECT count(*) FROM runs) AS runs',
    ),
    files: (await readdir(path.join(node.dataDir, 'cars'), { recursive: true })).filter((name) =>
      name.endsWith('.car'),
    ),
  });

  it.each([
    ['small', 1, 500],
    ['large', 5, MIB],
  ])('a %s one is stored as it is', async (_size, count, length) => {
    const blocks = Array.from({ length: count }, () => rawBlock(randomBytes(length)));
    const root = blocks.at(-1)!.cid;
    const { status, body } = await alice.addCar(makeCar([root], blocks), '?filename=my.car');
    expect([status, body.cid]).toEqual([200, root.toString()]);
    for (const { cid, bytes } of blocks) expect((await hot(cid))?.equals(bytes)).toBe(true);
    expect((await alice.get(`/content/${body.estuaryId}`)).body).toMatchObject({
      name: 'my.car',
      profile: 'car',
      state: 'stored',
    });
  });

  it.each([
    ['small', 300],
    ['large', 2 * MIB],
  ])('several roots of a %s one become contents that live and die apart', async (_size, length) => {
    const blocks = [rawBlock(randomBytes(length)), rawBlock(randomBytes(length))];
    const { body } = await alice.addCar(
      makeCar(
        blocks.map(({ cid }) => cid),
        blocks,
      ),
    );
    expect(body.contents?.map(({ cid }) => cid)).toEqual(blocks.map(({ cid }) => cid.toString()));
    const [first, second] = body.contents!;
    expect((await alice.delete(first!.estuaryId)).body).toMatchObject({ freedBytes: 0, pendingBytes: 0 });
    for (const { cid } of blocks) expect(await hot(cid)).not.toBeNull();
    const { freedBytes, pendingBytes } = (await alice.delete(second!.estuaryId)).body;
    expect(freedBytes + pendingBytes).toBeGreaterThanOrEqual(2 * length);
    for (const { cid } of blocks) expect(await hot(cid)).toBeNull();
  });

  it('a large one with several roots links them in a root of its own', async () => {
    const blocks = [rawBlock(randomBytes(2 * MIB)), rawBlock(randomBytes(10))];
    const { body } = await alice.addCar(
      makeCar(
        blocks.map(({ cid }) => cid),
        blocks,
      ),
    );
    const [car] = await node.database.query<{ id: string }>(
      'SELECT r.car_id AS id FROM runs r JOIN contents c ON c.dag_id = r.dag_id WHERE c.id = $1',
      [body.estuaryId],
    );
    expect(membersOf(await readCar(node, car!.id))).toEqual(blocks.map(({ cid }) => cid.toString()));
  });

  it('blocks of other hashes are kept, and a root that no header of ours can name gets a node above it', async () => {
    const bytes = randomBytes(2 * MIB);
    const cid = CID.createV1(0x55, Digest.create(0x13, hash('sha512', bytes, 'buffer')));
    const { status, body } = await alice.addCar(makeCar([cid], [{ cid, bytes }]));
    expect([status, body.cid]).toEqual([200, cid.toString()]);
    expect((await hot(cid))?.equals(bytes)).toBe(true);
    const [car] = await node.database.query<{ id: string; root: string }>(
      'SELECT cars.id, cars.root FROM cars JOIN runs r ON r.car_id = cars.id JOIN contents c ON c.dag_id = r.dag_id WHERE c.id = $1',
      [body.estuaryId],
    );
    const file = await readCar(node, car!.id);
    expect(membersOf(file)).toEqual([cid.toString()]);
  });

  it('identity blocks need no bytes', async () => {
    const cid = CID.createV1(0x55, Digest.create(0, Buffer.from('inline')));
    const other = rawBlock(randomBytes(20));
    expect((await alice.addCar(makeCar([other.cid], [{ cid, bytes: Buffer.from('inline') }, other]))).status).toBe(200);
    expect((await alice.addCar(makeCar([cid], []))).body.cid).toBe(cid.toString());
  });

  it('one with holes is refused, and never stands for the whole that somebody brings later', async () => {
    const file = randomBytes(3 * MIB);
    const { cid, blocks } = await fileBlocks(file);
    for (const part of [blocks.slice(-1), blocks.slice(1), [...blocks.slice(0, 1), ...blocks.slice(2)]]) {
      expect(await alice.addCar(makeCar([cid], part))).toMatchObject({
        status: 400,
        body: { error: { reason: 'ERR_CAR_INCOMPLETE' } },
      });
    }
    expect((await alice.put(file)).body.cid).toBe(cid.toString());
    for (const block of blocks) expect((await hot(block.cid))?.equals(block.bytes)).toBe(true);
    expect((await alice.addCar(makeCar([cid], blocks.toReversed()))).status).toBe(200);
  });

  describe('that hides a hole', () => {
    const leaf = () => rawBlock(randomBytes(700));
    const above = (codec: number, bytes: Uint8Array) => ({
      cid: CID.createV1(codec, Digest.create(0x12, hash('sha256', bytes, 'buffer'))),
      bytes,
    });
    /** A node whose only link lies so many identity CIDs deep. */
    const nested = (cid: CID, depth: number) => {
      let inner = cid;
      for (let level = 0; level < depth; level += 1)
        inner = CID.createV1(dagCbor.code, Digest.create(0, dagCbor.encode([inner])));
      return above(dagCbor.code, dagCbor.encode([inner]));
    };
    const settled = async () => {
      await node.app.get(SegmentCommitter, { strict: false }).sealNow();
      await node.app.get(CarReclaimer, { strict: false }).sweep();
    };

    it('behind 4,000 nested identity CIDs is refused, whoever brings it and whatever is with it', async () => {
      const bob = new Client(node, node.bob);
      const hidden = leaf();
      const root = nested(hidden.cid, 4000);
      const before = await state();
      for (const [client, blocks] of [
        [alice, [root]],
        [bob, [root, hidden]],
      ] as const)
        expect(await client.addCar(makeCar([root.cid], [...blocks]))).toMatchObject({
          status: 400,
          body: { error: { reason: 'ERR_CAR_INVALID' } },
        });
      expect(await state()).toEqual(before);
    }, 60_000);

    it('behind as many identity CIDs as fit into each other is refused, and the whole of another account is kept', async () => {
      const bob = new Client(node, node.bob);
      const hidden = leaf();
      const root = nested(hidden.cid, 6);
      expect(await alice.addCar(makeCar([root.cid], [root]))).toMatchObject({
        status: 400,
        body: { error: { reason: 'ERR_CAR_INCOMPLETE' } },
      });
      expect((await bob.addCar(makeCar([root.cid], [root, hidden]))).status).toBe(200);
      await settled();
      expect((await hot(hidden.cid))?.equals(hidden.bytes)).toBe(true);
    });

    it('where nobody can read the links is stored, and the upload of another account is never taken for it', async () => {
      const bob = new Client(node, node.bob);
      const hidden = leaf();
      const root = above(0x0202, Buffer.concat([Buffer.from('unknown'), hidden.cid.bytes]));
      const first = await alice.addCar(makeCar([root.cid], [root]));
      const second = await bob.addCar(makeCar([root.cid], [root, hidden]));
      expect([first.status, second.status]).toEqual([200, 200]);
      await settled();
      expect((await hot(hidden.cid))?.equals(hidden.bytes)).toBe(true);
      await alice.delete(first.body.estuaryId);
      await settled();
      for (const { cid, bytes } of [root, hidden]) expect((await hot(cid))?.equals(bytes)).toBe(true);
      await bob.delete(second.body.estuaryId);
      expect(await hot(hidden.cid)).toBeNull();
      // Nothing of it is left, so nothing stands in the way of the next one.
      expect((await alice.addCar(makeCar([root.cid], [root]))).status).toBe(200);
      expect((await hot(root.cid))?.equals(root.bytes)).toBe(true);
    });
  });

  it('what is wrong is refused with the offset, and nothing of it is stored, small or large', async () => {
    const blocks = [rawBlock(randomBytes(3 * MIB)), rawBlock(randomBytes(1000))];
    const good = makeCar([blocks[1]!.cid], blocks);
    const flipped = Buffer.from(good);
    flipped[good.length - 5]! ^= 1;
    const before = await state();
    for (const [car, code] of [
      [good.subarray(0, good.length - 3), 'ERR_CAR_INVALID'],
      [flipped, 'ERR_CAR_BLOCK_HASH_MISMATCH'],
      [Buffer.concat([good, Buffer.alloc(10, 0xff)]), 'ERR_CAR_INVALID'],
      [makeCar([rawBlock(randomBytes(1)).cid], blocks), 'ERR_CAR_ROOT_MISSING'],
      [makeCar([], blocks), 'ERR_CAR_INVALID'],
      [Buffer.alloc(0), 'ERR_CAR_INVALID'],
      [
        makeCar([blocks[1]!.cid], [rawBlock(randomBytes(10)), { cid: blocks[1]!.cid, bytes: randomBytes(1000) }]),
        'ERR_CAR_BLOCK_HASH_MISMATCH',
      ],
    ] as const) {
      const { status, body } = await alice.addCar(car);
      expect([status, body.error?.reason]).toEqual([400, code]);
      if (code !== 'ERR_CAR_ROOT_MISSING') expect(body.error?.context).toMatchObject({ offset: expect.any(Number) });
    }
    expect(await state()).toEqual(before);
    for (const { cid } of blocks) expect(await hot(cid)).toBeNull();
  });
});

describe('a DAG larger than a piece', () => {
  let node: ContentNode;
  beforeAll(async () => {
    node = await contentNode({ PIECE_CAR_LIMIT: String(3 * MIB) });
  }, 60_000);
  afterAll(() => node.close());

  it('is several pieces, each under the limit with a root of its own, and reads as one', async () => {
    const alice = new Client(node, node.alice);
    const bytes = randomBytes(8 * MIB);
    const { body } = await alice.put(bytes);
    const cars = await node.database.query<{ id: string; bytes: string; root: string; state: string }>(
      'SELECT cars.* FROM cars JOIN runs r ON r.car_id = cars.id ORDER BY r.seq',
    );
    expect(cars).toHaveLength(4);
    const hot = node.app.get(HotBlocks, { strict: false });
    const blocks = new Set<string>();
    for (const car of cars) {
      expect([car.state, Number(car.bytes) <= 3 * MIB]).toEqual(['sealed', true]);
      const file = await readCar(node, car.id);
      expect([file.root.toString(), file.bytes.length]).toEqual([car.root, Number(car.bytes)]);
      const members = membersOf(file);
      for (const member of members) {
        expect(file.blocks.has(member)).toBe(true);
        expect(await hot.get(CID.parse(member))).not.toBeNull();
        blocks.add(member);
      }
    }
    expect(blocks.size).toBe(9);
    expect(blocks.has(body.cid)).toBe(true);
    expect(await node.database.query("SELECT count(*)::int AS n FROM outbox WHERE name = 'car.sealed'")).toEqual([
      { n: 4 },
    ]);
    const { freedBytes } = (await alice.delete(body.estuaryId)).body;
    expect(freedBytes).toBe(cars.reduce((sum, car) => sum + Number(car.bytes), 0));
  });
});

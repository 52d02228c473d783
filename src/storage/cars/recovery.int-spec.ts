import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { access, appendFile, mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { CID } from 'multiformats/cid';
import { carHeader, PLACEHOLDER_ROOT, sectionPrefix } from '../../ipld/index.js';
import { CarFiles } from '../ports/car-files.port.js';
import { DagStore } from '../ports/dag-store.port.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { OffloadDag } from '../../content/index.js';
import { carId } from '../../shared/index.js';
import { BlockIndex } from '../blocks/block-index.js';
import { CarReclaimer } from './car-reclaimer.js';
import { SegmentCommitter } from './segment-committer.js';
import { carPath, membersOf, rawBlock, readCar } from '../testing/car-files.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { until } from '../../../test/support/until.js';

const MIB = 1024 * 1024;
interface CarRow {
  id: string;
  kind: string;
  state: string;
  hot: boolean;
  bytes: string;
  root: string | null;
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The source fails at its end, as one does that has verified what passed. */
async function* broken(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, -1);
  throw new Error('not what was sealed');
}

/** `node.start()` without an end before it: the first application is taken for killed, and never used again. */
describe('after a crash', () => {
  let node: ContentNode;
  let alice: Client;
  beforeEach(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
  }, 60_000);
  afterEach(() => node.close());

  const cars = () =>
    node.database.query<CarRow>(
      `SELECT c.*, coalesce(
           (SELECT k.state IN ('writing', 'verified') FROM car_copies k WHERE k.car_id = c.id AND k.place = $1), false) AS hot
       FROM cars c ORDER BY created_at, id`,
      [`node:${node.nodeId}`],
    );
  const sweep = () => node.app.get(CarReclaimer, { strict: false }).sweep();
  const seal = () => node.app.get(SegmentCommitter, { strict: false }).sealNow();
  const hot = async (cid: CID | string): Promise<Buffer | null> => {
    const bytes = await node.app.get(HotBlocks, { strict: false }).get(typeof cid === 'string' ? CID.parse(cid) : cid);
    return bytes && Buffer.from(bytes);
  };
  async function put(size = 1000): Promise<{ id: number; cid: string; bytes: Buffer }> {
    const bytes = randomBytes(size);
    const { status, body } = await alice.put(bytes);
    expect(status).toBe(200);
    return { id: body.estuaryId, cid: body.cid, bytes };
  }

  it.each<[string, () => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['garbage', () => randomBytes(5000)],
    ['half a section', () => Buffer.concat([sectionPrefix(rawBlock(Buffer.alloc(900)).cid, 900), Buffer.alloc(100)])],
    ['zeros, as some file systems leave them', () => Buffer.alloc(8192)],
  ])('the open segment is cut back to what was acknowledged, and goes on: %s behind it', async (_name, tail) => {
    const kept = [await put(), await put()];
    const [car] = await cars();
    const length = (await stat(carPath(node, car!.id))).size;
    await appendFile(carPath(node, car!.id), tail());
    await node.start();
    expect((await stat(carPath(node, car!.id))).size).toBe(length);
    kept.push(await put());
    for (const { cid, bytes } of kept) expect((await hot(cid))?.equals(bytes)).toBe(true);
    await seal();
    const [sealed, ...others] = await cars();
    expect(others).toEqual([]);
    expect(membersOf(await readCar(node, sealed!.id))).toEqual(kept.map(({ cid }) => cid));
  });

  it('a batch that was written and not committed is nowhere: not in the file, not in the index', async () => {
    await put();
    const [car] = await cars();
    const lost = rawBlock(randomBytes(700));
    const length = (await stat(carPath(node, car!.id))).size;
    await appendFile(carPath(node, car!.id), Buffer.concat([sectionPrefix(lost.cid, 700), lost.bytes]));
    // What the dead process had put into the index.
    const prefix = sectionPrefix(lost.cid, 700).length;
    await node.app.get(BlockIndex, { strict: false }).add([
      {
        key: lost.cid.multihash.bytes,
        place: { carId: carId(car!.id), offset: length + prefix, length: 700, cidLength: 36 },
      },
    ]);
    expect(await hot(lost.cid)).not.toBeNull();
    await node.start();
    expect(await hot(lost.cid)).toBeNull();
    expect(await node.app.get(HotBlocks, { strict: false }).has(lost.cid)).toBe(false);
  });

  it('a sealing that stopped after its root was written starts again', async () => {
    const kept = [await put(), await put()];
    const [car] = await cars();
    await seal();
    await node.database.query("UPDATE cars SET state = 'open', root = NULL WHERE id = $1", [car!.id]);
    await node.database.query(
      "UPDATE car_copies SET state = 'writing', bytes = 0, verified_at = NULL WHERE car_id = $1",
      [car!.id],
    );
    await node.start();
    kept.push(await put());
    await seal();
    const [again] = await cars();
    expect(again).toMatchObject({ id: car!.id, state: 'sealed' });
    const file = await readCar(node, car!.id);
    expect(membersOf(file)).toEqual(kept.map(({ cid }) => cid));
    expect(file.blocks.size).toBe(4);
    expect(file.bytes.length).toBe(Number(again!.bytes));
  });

  it('a compaction that stopped half-way leaves no second file, and is done again', async () => {
    const [gone, kept] = [await put(), await put()];
    await alice.delete(gone.id);
    const half = randomUUID();
    await openCar(half);
    await mkdir(path.dirname(carPath(node, half)), { recursive: true });
    await writeFile(carPath(node, half), Buffer.concat([carHeader(PLACEHOLDER_ROOT), randomBytes(100)]));
    await node.start();
    await expect(access(carPath(node, half))).rejects.toThrow('ENOENT');
    await seal();
    const sealed = (await cars()).filter(({ state }) => state === 'sealed');
    expect(sealed).toHaveLength(1);
    expect(membersOf(await readCar(node, sealed[0]!.id))).toEqual([kept.cid]);
  });

  it('a large upload on its way in never was', async () => {
    const intake = await node.app.get(DagStore, { strict: false }).begin('pin');
    const block = rawBlock(randomBytes(2 * MIB));
    await intake.put(block.cid, block.bytes);
    await until(async () => (await hot(block.cid)) !== null);
    expect(await cars()).toMatchObject([{ kind: 'single', state: 'open' }]);
    await node.start();
    expect(await cars()).toMatchObject([{ kind: 'single', state: 'discarded', hot: false }]);
    expect(await carFiles()).toEqual([]);
    expect(await hot(block.cid)).toBeNull();
    await intake.abort();
  });

  it('several open segments: the newest goes on, the others are sealed', async () => {
    const first = await put();
    const [car] = await cars();
    const second = randomUUID();
    // As if the first had been on its way to be sealed when the process died.
    const other = rawBlock(randomBytes(10));
    const section = Buffer.concat([sectionPrefix(other.cid, 10), other.bytes]);
    await writeCar(second, Buffer.concat([carHeader(PLACEHOLDER_ROOT), section]));
    await openCar(second, 59 + section.length);
    const [dag] = await node.database.query<{ id: string }>(
      'INSERT INTO dags (root, size, car_bytes, blocks) VALUES ($1, 10, $2, 1) RETURNING id',
      [other.cid.toString(), section.length],
    );
    await node.database.query(
      'INSERT INTO runs (dag_id, copy, seq, car_id, "offset", length) VALUES ($1, 0, 0, $2, 59, $3)',
      [dag!.id, second, section.length],
    );
    await node.start();
    await until(async () => (await cars())[0]?.state === 'sealed');
    expect(await cars()).toMatchObject([
      { id: car!.id, state: 'sealed', root: first.cid },
      { id: second, state: 'open' },
    ]);
    await put();
    expect(await cars()).toHaveLength(2);
  });

  it('of a segment shorter than what was acknowledged the rest is kept for people to look at, and the node works', async () => {
    const short = await put();
    const [car] = await cars();
    await truncate(carPath(node, car!.id), 500);
    await node.start();
    expect((await alice.get<{ state: string }>(`/content/${short.id}`)).body.state).toBe('offloaded');
    const next = await put();
    expect((await hot(next.cid))?.equals(next.bytes)).toBe(true);
    expect((await stat(path.join(node.dataDir, 'cars', 'lost+found', `${car!.id}.damaged.car`))).size).toBe(500);
  });

  it.each<[string, () => Promise<void>]>([
    ['is gone', () => rm(path.join(node.dataDir, 'index'), { recursive: true })],
    [
      'is broken',
      async () => {
        await writeFile(path.join(node.dataDir, 'index', 'data.mdb'), randomBytes(20_000));
        await rm(path.join(node.dataDir, 'index', 'complete'));
      },
    ],
    [
      'was open when the machine went down',
      () => writeFile(path.join(node.dataDir, 'index', 'open.api'), 'another boot of the machine'),
    ],
    ['was being rebuilt', () => rm(path.join(node.dataDir, 'index', 'complete'))],
  ])(
    'the index is made again from the CARs when it %s: what is wanted, and nothing that was deleted',
    async (_name, harm) => {
      const inSegment = [await put(), await put(), await put()];
      await alice.delete(inSegment[1]!.id);
      const large = await put(3 * MIB);
      await node.stop();
      await harm();
      await node.start();
      for (const { cid, bytes } of [inSegment[0]!, inSegment[2]!]) expect((await hot(cid))?.equals(bytes)).toBe(true);
      expect(await hot(inSegment[1]!.cid)).toBeNull();
      expect(await hot(large.cid)).not.toBeNull();
      await seal();
      const [root] = await node.database.query<{ root: string }>(
        "SELECT root FROM cars WHERE state = 'sealed' AND kind = 'segment'",
      );
      expect(await hot(root!.root)).not.toBeNull();
      await node.restart();
      expect(await hot(root!.root)).not.toBeNull();
    },
  );

  it('files that rows have given up are swept, those that no row knows wait in lost+found', async () => {
    const wanted = await put(2 * MIB);
    const [car] = await cars();
    // The start's own is over.
    await sweep();
    const discarded = randomUUID();
    const [young, old] = [randomUUID(), randomUUID()];
    await node.database.query(
      "INSERT INTO cars (id, kind, owner, state) VALUES ($1, 'single', 'worker', 'discarded')",
      [discarded],
    );
    for (const id of [discarded, young, old]) await writeCar(id, randomBytes(100));
    await utimes(carPath(node, old), new Date(0), new Date(0));
    expect(await sweep()).toEqual({ removed: 1, setAside: 2, notOurs: 0, expired: 0 });
    expect((await carFiles()).sort()).toEqual([car!.id, young, old].sort());
    expect((await readdir(path.join(node.dataDir, 'cars', 'lost+found'))).sort()).toEqual(
      [`${young}.car`, `${old}.car`].sort(),
    );
    expect(await hot(wanted.cid)).not.toBeNull();
  });

  it('no file goes when the folder has lost its name: what the rows know of another node is left alone', async () => {
    const wanted = await put(2 * MIB);
    await node.stop();
    await writeFile(path.join(node.dataDir, 'node-id'), 'another-node\n');
    const [file] = await carFiles();
    await utimes(carPath(node, file!), new Date(0), new Date(0));
    await node.start();
    expect(await sweep()).toEqual({ removed: 0, setAside: 0, notOurs: 1, expired: 0 });
    expect(await carFiles()).toEqual([file]);
    expect(await hot(wanted.cid)).not.toBeNull();
  });

  describe('copies of a folder that had no name yet', () => {
    /** As the migration car_copies leaves what a version without names wrote. */
    const forgetName = async (): Promise<void> => {
      await node.database.query("UPDATE car_copies SET place = 'node:'");
      await node.database.query("UPDATE cars SET owner = split_part(owner, '/', 2)");
    };

    it('get its name at the next start, and the open segment goes on', async () => {
      const first = await put();
      await forgetName();
      await node.start();
      const second = await put();
      expect(await cars()).toMatchObject([{ state: 'open', owner: `${node.nodeId}/api`, hot: true }]);
      for (const { cid, bytes } of [first, second]) expect((await hot(cid))?.equals(bytes)).toBe(true);
    });

    it('are left to the node that has their files', async () => {
      await put();
      await forgetName();
      await node.stop();
      await node.start({ TIDEWATER_DATA: path.join(node.dataDir, 'another') });
      expect(await cars()).toMatchObject([{ state: 'open', owner: 'api', hot: false }]);
      expect(await put()).toMatchObject({ id: expect.any(Number) });
      expect(await cars()).toMatchObject([{ owner: 'api' }, { owner: `${node.nodeId}/api`, hot: true }]);
    });
  });

  it('an orderly end finishes what was accepted, and the segment goes on', async () => {
    const uploads = Array.from({ length: 20 }, () => alice.put(randomBytes(500)).catch(() => null));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await node.restart();
    const answers = (await Promise.all(uploads)).filter((answer) => answer?.status === 200);
    for (const answer of answers) expect(await hot(answer!.body.cid)).not.toBeNull();
    await put();
    expect((await cars()).filter(({ state }) => state === 'open')).toHaveLength(1);
  });

  it('what was deleted behind all that is wanted stays hidden when its CAR is put back, and when the index is made anew', async () => {
    const [kept, first, last] = [await put(), await put(), await put()];
    await seal();
    const [car] = await cars();
    const copy = await readFile(carPath(node, car!.id));
    for (const { id } of [first, last]) await alice.delete(id);
    const seen = async () => Promise.all([kept, first, last].map(async ({ cid }) => (await hot(cid)) !== null));
    const root = async () => (await hot(car!.root!)) !== null;
    expect([await seen(), await root()]).toEqual([[true, false, false], true]);
    await node.app.get(OffloadDag, { strict: false }).run(kept.cid);
    await node.app.get(CarFiles, { strict: false }).putBack(carId(car!.id), Readable.from([copy]));
    expect([await seen(), await root()]).toEqual([[true, false, false], true]);
    await node.stop();
    await rm(path.join(node.dataDir, 'index'), { recursive: true });
    await node.start();
    expect([await seen(), await root()]).toEqual([[true, false, false], true]);
  }, 30_000);

  it('a piece that was offloaded can be put back in place, and its contents are stored again', async () => {
    const { cid, id } = await put();
    await seal();
    const [car] = await cars();
    const copy = await readFile(carPath(node, car!.id));
    await node.app.get(OffloadDag, { strict: false }).run(cid);
    const files = node.app.get(CarFiles, { strict: false });
    expect([await files.sizeOf(carId(car!.id)), await hot(cid)]).toEqual([null, null]);
    await expect(files.putBack(carId(car!.id), broken(copy))).rejects.toThrow('not what was sealed');
    await expect(bytesOf(files.read(carId(car!.id)))).rejects.toMatchObject({ code: 'ERR_CAR_NOT_HERE' });
    expect(await files.sizeOf(carId(car!.id))).toBeNull();
    await files.putBack(carId(car!.id), Readable.from([copy]));
    expect((await bytesOf(files.read(carId(car!.id)))).equals(copy)).toBe(true);
    expect(await files.sizeOf(carId(car!.id))).toBe(Number(car!.bytes));
    expect((await hot(cid))?.length).toBe(1000);
    expect((await alice.get<{ state: string }>(`/content/${id}`)).body.state).toBe('stored');
  });

  /** A segment of the API, newer than the others. */
  async function openCar(id: string, bytes = 0): Promise<void> {
    await node.database.query(
      "INSERT INTO cars (id, kind, owner, state, bytes, created_at) VALUES ($1, 'segment', $2, 'open', $3, now() + interval '1 second')",
      [id, `${node.nodeId}/api`, bytes],
    );
    await node.database.query("INSERT INTO car_copies (car_id, place, state) VALUES ($1, $2, 'writing')", [
      id,
      `node:${node.nodeId}`,
    ]);
  }

  async function writeCar(id: string, bytes: Uint8Array): Promise<void> {
    await mkdir(path.dirname(carPath(node, id)), { recursive: true });
    await writeFile(carPath(node, id), bytes);
  }

  async function carFiles(): Promise<string[]> {
    const names = await readdir(path.join(node.dataDir, 'cars'), { recursive: true });
    return names.filter((name) => name.endsWith('.car')).map((name) => path.basename(name, '.car'));
  }
});

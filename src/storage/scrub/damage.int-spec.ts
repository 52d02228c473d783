import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import { open, readFile, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { carId } from '../../shared/index.js';
import { CarFiles } from '../ports/car-files.port.js';
import { DagStore } from '../ports/dag-store.port.js';
import { PostgresCopyStore } from '../store/postgres-copy.store.js';
import { DamageFindings, type DamageOutcome } from '../store/damage-findings.query.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { SegmentCommitter } from '../cars/segment-committer.js';
import { carPath, makeCar, membersOf, rawBlock, readCar } from '../testing/car-files.js';
import { CarDamage } from './car-damage.js';
import { Scrubber } from './scrubber.js';

const MIB = 1024 * 1024;

interface Stored {
  id: number;
  cid: string;
  bytes: Buffer;
}

describe('damage to what is stored', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  beforeEach(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
  }, 60_000);
  afterEach(() => node.close());

  const seal = () => node.app.get(SegmentCommitter, { strict: false }).sealNow();
  const scrub = () => node.app.get(Scrubber, { strict: false }).run(new AbortController().signal);
  const hot = async (cid: CID | string): Promise<Buffer | null> => {
    const bytes = await node.app.get(HotBlocks, { strict: false }).get(typeof cid === 'string' ? CID.parse(cid) : cid);
    return bytes && Buffer.from(bytes);
  };
  const isHot = async ({ cid, bytes }: { cid: CID | string; bytes: Uint8Array }) => (await hot(cid))?.equals(bytes);
  const copies = () =>
    node.database.query<{ id: string; state: string; checksum: Buffer | null; verified_at: Date | null }>(
      `SELECT car_id AS id, k.state, checksum, verified_at FROM car_copies k JOIN cars c ON c.id = k.car_id
       WHERE c.state = 'sealed' ORDER BY car_id`,
    );
  const again = () => node.database.query('UPDATE car_copies SET verified_at = NULL');
  const state = async (id: number) => (await alice.get<{ state: string }>(`/content/${id}`)).body.state;
  const announced = async () =>
    (
      await node.database.query<{ payload: { root: string } }>(
        "SELECT payload FROM outbox WHERE name = 'dag.damaged' ORDER BY id",
      )
    ).map(({ payload }) => payload.root);

  async function put(size = 1000, client = alice): Promise<Stored> {
    const bytes = randomBytes(size);
    const { status, body } = await client.put(bytes);
    expect(status).toBe(200);
    return { id: body.estuaryId, cid: body.cid, bytes };
  }

  async function onlyCar(): Promise<string> {
    const [car] = await node.database.query<{ id: string }>(
      "SELECT id FROM cars WHERE state <> 'discarded' ORDER BY id",
    );
    return car!.id;
  }

  /** One bit of a file, wherever it lies. */
  async function flip(id: string, offset: number, bit = 0): Promise<void> {
    const file = await open(carPath(node, id), 'r+');
    try {
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, offset);
      byte[0]! ^= 1 << bit;
      await file.write(byte, 0, 1, offset);
    } finally {
      await file.close();
    }
  }

  /** Where the bytes of a block begin in its file. */
  const offsetOf = async (id: string, bytes: Buffer) => (await readFile(carPath(node, id))).indexOf(bytes);

  it('is never served: the DAG is cold, its owner reads why, and others of the same CAR stay', async () => {
    const [hurt, well] = [await put(), await put()];
    await seal();
    const id = await onlyCar();
    await flip(id, (await offsetOf(id, hurt.bytes)) + 500);
    expect(await hot(hurt.cid)).toBeNull();
    expect([await state(hurt.id), await state(well.id)]).toEqual(['offloaded', 'stored']);
    expect(await isHot(well)).toBe(true);
    expect(await announced()).toEqual([hurt.cid]);
    expect((await alice.get<object[]>(`/content/${hurt.id}/timeline`)).body.at(-1)).toMatchObject({
      from: 'stored',
      to: 'offloaded',
      cause: expect.stringContaining('damaged'),
    });
    expect(await copies()).toMatchObject([{ state: 'damaged' }]);
    // It must not become a piece either, nor go to a miner.
    expect(await node.app.get(CarFiles, { strict: false }).sizeOf(carId(id))).toBeNull();
    const dag = await node.app.get(DagStore, { strict: false }).find(CID.parse(hurt.cid));
    expect(dag).toMatchObject({ hot: false });
    expect(await hot(hurt.cid)).toBeNull();
    expect(await announced()).toHaveLength(1);
  });

  it('in a segment that is open still is not served, and does not get into the piece', async () => {
    const [well, hurt, other] = [await put(), await put(), await put()];
    const id = await onlyCar();
    await flip(id, (await offsetOf(id, hurt.bytes)) + 1);
    await seal().catch(() => undefined);
    await seal();
    const [car] = await copies();
    const file = await readCar(node, car!.id);
    expect(membersOf(file)).toEqual([well.cid, other.cid]);
    expect(await hot(hurt.cid)).toBeNull();
    expect([await state(well.id), await state(hurt.id), await state(other.id)]).toEqual([
      'stored',
      'offloaded',
      'stored',
    ]);
    for (const stored of [well, other]) expect(await isHot(stored)).toBe(true);
    // What was damaged is kept for people to look at, and whoever has it can bring it again.
    await expect(stat(path.join(node.dataDir, 'cars', 'lost+found', `${id}.damaged.car`))).resolves.toBeDefined();
    expect((await bob.put(hurt.bytes)).body.cid).toBe(hurt.cid);
    expect(await isHot(hurt)).toBe(true);
    expect(await state(hurt.id)).toBe('stored');
  });

  it('is found by the scrub, wherever a bit is flipped, and mended when the bytes are anywhere else on this node', async () => {
    const blocks = Array.from({ length: 12 }, () => rawBlock(randomBytes(300)));
    const list = (order: readonly { cid: CID }[]) => {
      const bytes = dagCbor.encode(order.map(({ cid }) => cid));
      return { cid: CID.createV1(dagCbor.code, Digest.create(0x12, hash('sha256', bytes, 'buffer'))), bytes };
    };
    for (const root of [list(blocks), list(blocks.toReversed())]) {
      expect((await alice.addCar(makeCar([root.cid], [root, ...blocks]))).status).toBe(200);
      await seal();
    }
    const [first] = await copies();
    const right = await readFile(carPath(node, first!.id));
    expect(first).toMatchObject({ state: 'verified', checksum: hash('sha256', right, 'buffer') });
    const end = right.indexOf(Buffer.from(blocks.at(-1)!.bytes)) + 300;
    const begin = right.indexOf(Buffer.from(blocks[0]!.bytes));
    for (let round = 0; round < 40; round += 1) {
      // Anywhere in the header, and in the sections that the other CAR has, too; each fifth in a codec.
      const section = begin + (round % blocks.length) * (right.indexOf(Buffer.from(blocks[1]!.bytes)) - begin);
      const anywhere = begin + Math.floor(Math.random() * (end - begin));
      const at = [round, section - 35, anywhere, anywhere, anywhere][round % 5]!;
      // A raw block called plain CBOR is what nothing here could tell.
      await flip(first!.id, at, right[at] === 0x55 ? round % 2 : round % 8);
      for (const block of blocks) expect(await isHot(block)).toBe(true);
      await again();
      await scrub();
      expect({ at, same: (await readFile(carPath(node, first!.id))).equals(right) }).toEqual({ at, same: true });
      expect(await copies()).toMatchObject([{ state: 'verified' }, { state: 'verified' }]);
    }
    expect(await announced()).toEqual([]);
  }, 60_000);

  it('that nothing here can mend makes the DAG cold, and is mended when the DAG comes back', async () => {
    const [hurt, well] = [await put(), await put()];
    await seal();
    const id = await onlyCar();
    const right = await readFile(carPath(node, id));
    await flip(id, right.indexOf(hurt.bytes) + 999, 7);
    await again();
    expect(await scrub()).toBe(1);
    expect([await state(hurt.id), await state(well.id)]).toEqual(['offloaded', 'stored']);
    expect(await copies()).toMatchObject([{ state: 'damaged', verified_at: expect.any(Date) }]);
    expect(await scrub()).toBe(0);
    const intake = await node.app.get(DagStore, { strict: false }).begin('copy');
    await intake.put(CID.parse(hurt.cid), hurt.bytes);
    await intake.restore(CID.parse(hurt.cid));
    expect(await state(hurt.id)).toBe('stored');
    await scrub();
    expect((await readFile(carPath(node, id))).equals(right)).toBe(true);
    expect((await copies()).map((copy) => copy.state)).toEqual(['verified', 'verified']);
  });

  it('is listed for the operator, newest first, with what became of it', async () => {
    const [back, twice, deleted, still] = [await put(), await put(), await put(), await put()];
    await seal();
    const id = await onlyCar();
    const right = await readFile(carPath(node, id));
    const findings = node.app.get(DamageFindings, { strict: false });
    const listed = async (outcome?: DamageOutcome) =>
      (await findings.page(outcome, 100)).map((finding) => [finding.root, finding.outcome]);
    for (const { bytes } of [back, twice, deleted, still]) await flip(id, right.indexOf(bytes) + 10);
    await again();
    await scrub();
    expect(await listed()).toEqual([still, deleted, twice, back].map(({ cid }) => [cid, 'open']));
    const intake = await node.app.get(DagStore, { strict: false }).begin('copy');
    await intake.put(CID.parse(back.cid), back.bytes);
    await intake.restore(CID.parse(back.cid));
    await bob.put(twice.bytes);
    await alice.delete(deleted.id);
    const ended: [string, DamageOutcome][] = [
      [still.cid, 'open'],
      [deleted.cid, 'deleted'],
      [twice.cid, 'uploaded-again'],
      [back.cid, 'retrieved'],
    ];
    expect(await listed()).toEqual(ended);
    for (const [root, outcome] of ended) expect(await listed(outcome)).toEqual([[root, outcome]]);
    const [first] = await findings.page(undefined, 1);
    expect(first).toMatchObject({ carId: id, kind: 'damaged', endedAt: null });
    expect((await findings.page(undefined, 1, first!.id)).map(({ root }) => root)).toEqual([deleted.cid]);
    expect([await findings.count(undefined), await findings.count('open')]).toEqual([4, 1]);
    // What was deleted alarms nobody any more.
    expect(await node.app.get(PostgresCopyStore, { strict: false }).figures()).toMatchObject({ dags: 1 });
    // What came back mends its CAR.
    await scrub();
    expect((await listed())[0]).toEqual([null, 'mended']);
  });

  it('is over when its file is what was sealed again, whoever put it right', async () => {
    const [hurt, well] = [await put(), await put()];
    await seal();
    const id = await onlyCar();
    const right = await readFile(carPath(node, id));
    await flip(id, right.indexOf(hurt.bytes) + 5);
    await again();
    await scrub();
    expect([await state(hurt.id), await state(well.id)]).toEqual(['offloaded', 'stored']);
    await flip(id, right.indexOf(hurt.bytes) + 5);
    await again();
    await scrub();
    expect(await copies()).toMatchObject([{ state: 'verified' }]);
    expect(await state(hurt.id)).toBe('stored');
    expect(await isHot(hurt)).toBe(true);
    const findings = await node.app.get(DamageFindings, { strict: false }).page(undefined, 10);
    expect(findings).toMatchObject([{ root: hurt.cid, outcome: 'put-back' }]);
  });

  it('that tore a whole stretch away costs the DAGs in it and no other', async () => {
    const stored = [await put(), await put(), await put(), await put()];
    await seal();
    const id = await onlyCar();
    const right = await readFile(carPath(node, id));
    const file = await open(carPath(node, id), 'r+');
    await file.write(Buffer.alloc(1500), 0, 1500, right.indexOf(stored[1]!.bytes) - 100);
    await file.close();
    await again();
    await scrub();
    const states = [];
    for (const { id: content } of stored) states.push(await state(content));
    expect(states).toEqual(['offloaded', 'offloaded', 'offloaded', 'stored']);
    expect(await isHot(stored[3]!)).toBe(true);
  });

  it.each<[string, (file: string, bytes: number) => Promise<void>]>([
    ['is missing', (file) => rm(file)],
    ['is short', (file, bytes) => truncate(file, bytes - 20)],
  ])('a CAR that %s makes its DAGs cold, at the start and when it is read', async (_how, harm) => {
    const [small, large] = [await put(), await put(3 * MIB)];
    await seal();
    const cars = await node.database.query<{ id: string; bytes: string }>(
      'SELECT c.id, c.bytes FROM cars c JOIN runs r ON r.car_id = c.id JOIN contents t ON t.dag_id = r.dag_id ORDER BY t.id',
    );
    const [first, second] = cars.map(({ id, bytes }) => ({ file: carPath(node, id), bytes: Number(bytes) }));
    await harm(first!.file, first!.bytes);
    await expect(hot(small.cid)).resolves.toBeNull();
    expect([await state(small.id), await state(large.id)]).toEqual(['offloaded', 'stored']);
    await node.stop();
    await harm(second!.file, second!.bytes);
    await node.start();
    expect(await state(large.id)).toBe('offloaded');
    expect(await announced()).toEqual([small.cid, large.cid]);
    expect((await bob.put(large.bytes)).status).toBe(200);
    expect(await state(large.id)).toBe('stored');
    expect(await isHot({ cid: small.cid, bytes: small.bytes })).not.toBe(true);
  });

  it('a large upload gets its checksum from the scrub, which reads it before all others', async () => {
    await put(3 * MIB);
    expect(await copies()).toMatchObject([{ state: 'verified', checksum: null }]);
    expect(await scrub()).toBe(1);
    const [copy] = await copies();
    expect(copy!.checksum).toEqual(hash('sha256', await readFile(carPath(node, copy!.id)), 'buffer'));
    expect(await scrub()).toBe(0);
    await node.database.query("UPDATE car_copies SET verified_at = now() - interval '28 days'");
    expect(await scrub()).toBe(1);
  });

  it('is none where a block was only deleted or moved: nobody is told, and the index forgets it', async () => {
    const gone = await put();
    await seal();
    const before = await copies();
    await rm(carPath(node, before[0]!.id));
    await alice.delete(gone.id);
    expect(await hot(gone.cid)).toBeNull();
    expect(await announced()).toEqual([]);
    expect(await node.app.get(CarDamage, { strict: false }).checkFiles(true)).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { CID } from 'multiformats/cid';
import { OffloadDag } from '../../content/index.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { SegmentCommitter } from './segment-committer.js';
import { carPath, membersOf, readCar } from '../testing/car-files.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { until } from '../../../test/support/until.js';

interface CarRow {
  id: string;
  kind: string;
  state: string;
  hot: boolean;
  bytes: string;
  dead_bytes: string;
  root: string | null;
}

describe('a segment', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  const start = async (env: Record<string, string> = {}) => {
    node = await contentNode(env);
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
  };
  beforeEach(async () => {
    await start();
  }, 60_000);
  afterEach(() => node.close());

  const cars = () =>
    node.database.query<CarRow>(
      `SELECT c.*, coalesce(
           (SELECT k.state IN ('writing', 'verified') FROM car_copies k WHERE k.car_id = c.id AND k.place = $1), false) AS hot
       FROM cars c ORDER BY created_at, id`,
      [`node:${node.nodeId}`],
    );
  const seal = () => node.app.get(SegmentCommitter, { strict: false }).sealNow();
  const hot = (cid: string) => node.app.get(HotBlocks, { strict: false }).get(CID.parse(cid));
  const sealedEvents = () =>
    node.database.query<{ payload: Record<string, unknown> }>(
      "SELECT payload FROM outbox WHERE name = 'car.sealed' ORDER BY id",
    );

  it('takes the small contents of everybody, each acknowledged with its own rows, in few transactions', async () => {
    const bodies = Array.from({ length: 64 }, (_, i) => randomBytes(100 + i));
    const answers = await Promise.all(bodies.map((bytes, i) => (i % 2 ? alice : bob).put(bytes, `?filename=${i}`)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await cars()).toMatchObject([{ kind: 'segment', state: 'open' }]);
    const stored = await node.database.query<{
      payload: { contents: { contentId: string; cid: string; size: number; userId: string }[] };
    }>("SELECT payload FROM outbox WHERE name = 'content.stored'");
    expect(stored.length).toBeLessThan(64);
    const announced = stored.flatMap(({ payload }) => payload.contents);
    for (const [i, { body }] of answers.entries()) {
      expect(announced).toContainEqual({
        contentId: String(body.estuaryId),
        cid: body.cid,
        size: 100 + i,
        userId: i % 2 ? node.alice.id : node.bob.id,
      });
      expect(Buffer.from((await hot(body.cid))!).equals(bodies[i]!)).toBe(true);
    }
    const [row] = await node.database.query<{ name: string }>('SELECT name FROM contents WHERE id = $1', [
      answers[7]!.body.estuaryId,
    ]);
    expect(row?.name).toBe('7');
  });

  it('becomes a piece: a root that links its members, a header that names the root, an event, all exactly once', async () => {
    const cids: string[] = [];
    for (let i = 0; i < 5; i++) cids.push((await alice.put(randomBytes(500))).body.cid);
    await seal();
    await seal();
    const [car, ...others] = await cars();
    expect(others).toEqual([]);
    expect(car).toMatchObject({ state: 'sealed', kind: 'segment' });
    const file = await readCar(node, car!.id);
    expect([file.root.toString(), file.bytes.length]).toEqual([car!.root, Number(car!.bytes)]);
    expect(membersOf(file)).toEqual(cids);
    expect((await sealedEvents()).map(({ payload }) => payload)).toEqual([
      { carId: car!.id, root: car!.root, carBytes: Number(car!.bytes), kind: 'segment', terms: null, userId: null },
    ]);
    expect(await hot(car!.root!)).not.toBeNull();
    const members = await node.database.query<{ cid: string }>(
      'SELECT c.cid FROM contents c JOIN dag_locations() r ON r.dag_id = c.dag_id WHERE r.car_id = $1 ORDER BY c.id',
      [car!.id],
    );
    expect(members.map(({ cid }) => cid)).toEqual(cids);
  });

  it('has a copy on this node: written while it is open, verified when it is sealed, gone when it is offloaded', async () => {
    const copies = () => node.database.query('SELECT place, state, bytes, checksum, verified_at FROM car_copies');
    const { cid } = (await alice.put(randomBytes(500))).body;
    const place = `node:${node.nodeId}`;
    expect(await copies()).toEqual([{ place, state: 'writing', bytes: '0', checksum: null, verified_at: null }]);
    await seal();
    const [car] = await cars();
    const checksum = hash('sha256', await readFile(carPath(node, car!.id)), 'buffer');
    const verified = { place, bytes: car!.bytes, checksum, verified_at: expect.any(Date) };
    expect(await copies()).toEqual([{ ...verified, state: 'verified' }]);
    await node.app.get(OffloadDag, { strict: false }).run(cid);
    expect(await copies()).toEqual([{ ...verified, state: 'gone' }]);
    expect(await cars()).toMatchObject([{ state: 'sealed', hot: false }]);
  });

  it('with one DAG only has that as its root', async () => {
    const { body } = await alice.put(randomBytes(500));
    await seal();
    const [car] = await cars();
    expect(car!.root).toBe(body.cid);
    expect((await readCar(node, car!.id)).blocks.size).toBe(1);
  });

  it('is not sealed while it is empty', async () => {
    await seal();
    expect(await cars()).toEqual([]);
  });

  it('goes on in the next one when it is full', async () => {
    await node.close();
    await start({ SEGMENT_MAX_BYTES: '100000' });
    for (let i = 0; i < 6; i++) await alice.put(randomBytes(40_000));
    await until(async () => (await cars()).filter(({ state }) => state === 'sealed').length === 2);
    const all = await cars();
    expect(all.map(({ state }) => state)).toEqual(['sealed', 'sealed', 'open']);
    for (const { bytes } of all) expect(Number(bytes)).toBeLessThanOrEqual(100_000);
  });

  it('is sealed by its age', async () => {
    await node.close();
    await start({ SEGMENT_MAX_AGE_SECONDS: '0.5' });
    await alice.put(randomBytes(100));
    await until(async () => (await cars())[0]?.state === 'sealed');
  });

  it('is compacted as it is sealed: what was deleted is not in the piece', async () => {
    const kept: { cid: string; bytes: Buffer }[] = [];
    const gone: string[] = [];
    for (let i = 0; i < 9; i++) {
      const bytes = randomBytes(1000 + i);
      const { body } = await alice.put(bytes);
      if (i % 3 === 1) {
        expect((await alice.delete(body.estuaryId)).body).toMatchObject({ freedBytes: 0, pendingBytes: 1000 + i + 38 });
        gone.push(body.cid);
      } else kept.push({ cid: body.cid, bytes });
    }
    const [open] = await cars();
    expect(Number(open!.dead_bytes)).toBe(3 * 1038 + 1 + 4 + 7);
    await seal();
    const [old, fresh] = await cars();
    expect(old).toMatchObject({ id: open!.id, state: 'discarded', hot: false });
    expect(fresh).toMatchObject({ state: 'sealed', kind: 'segment' });
    await expect(access(carPath(node, old!.id))).rejects.toThrow('ENOENT');
    const file = await readCar(node, fresh!.id);
    expect(membersOf(file)).toEqual(kept.map(({ cid }) => cid));
    for (const cid of gone) {
      expect(file.blocks.has(cid)).toBe(false);
      expect(await hot(cid)).toBeNull();
    }
    for (const { cid, bytes } of kept) expect(Buffer.from((await hot(cid))!).equals(bytes)).toBe(true);
    expect(await sealedEvents()).toHaveLength(1);
    const runs = await node.database.query<{ offset: string; length: string }>(
      'SELECT "offset", length FROM runs WHERE car_id = $1 ORDER BY "offset"',
      [fresh!.id],
    );
    expect(runs).toHaveLength(6);
    expect(Number(runs[0]!.offset)).toBe(59);
  });

  it('whose members were all deleted before it was sealed is thrown away', async () => {
    const { body } = await alice.put(randomBytes(1000));
    await alice.delete(body.estuaryId);
    await seal();
    expect(await cars()).toMatchObject([{ state: 'discarded', hot: false }]);
    await expect(access(carPath(node, (await cars())[0]!.id))).rejects.toThrow('ENOENT');
    expect(await sealedEvents()).toEqual([]);
  });

  it('that is sealed loses its file when its last member goes, and says so', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 3; i++) ids.push((await alice.put(randomBytes(1000))).body.estuaryId);
    await seal();
    const [car] = await cars();
    for (const id of ids.slice(0, 2))
      expect((await alice.delete(id)).body).toMatchObject({ freedBytes: 0, pendingBytes: 1038 });
    const last = await alice.delete(ids[2]!);
    expect(last.body).toMatchObject({ freedBytes: Number(car!.bytes), pendingBytes: 0 });
    await expect(access(carPath(node, car!.id))).rejects.toThrow('ENOENT');
    expect(await cars()).toMatchObject([{ state: 'discarded', hot: false }]);
    expect(await node.database.query("SELECT payload FROM outbox WHERE name = 'car.gone'")).toEqual([
      { payload: { carId: car!.id } },
    ]);
  });

  it('keeps its file until every member is offloaded, and each comes back on its own', async () => {
    const offload = node.app.get(OffloadDag, { strict: false });
    const first = (await alice.put(randomBytes(1000))).body;
    const second = (await alice.put(randomBytes(1000))).body;
    await expect(offload.run(first.cid)).rejects.toMatchObject({ code: 'ERR_CONTENT_NOT_OFFLOADABLE' });
    await seal();
    const [car] = await cars();
    expect(await offload.run(first.cid)).toEqual({ freedBytes: 0, pendingBytes: 1038 });
    expect([await hot(first.cid), (await hot(second.cid))?.length]).toEqual([null, 1000]);
    expect(await offload.run(second.cid)).toEqual({ freedBytes: Number(car!.bytes), pendingBytes: 0 });
    expect(await cars()).toMatchObject([{ state: 'sealed', hot: false }]);
    expect((await alice.get<{ state: string }>(`/content/${first.estuaryId}`)).body.state).toBe('offloaded');
    expect((await alice.get<object[]>(`/content/${first.estuaryId}/timeline`)).body).toMatchObject([
      { to: 'stored' },
      { from: 'stored', to: 'offloaded' },
    ]);
    expect(await offload.run(second.cid)).toBeNull();
  });

  it('takes back what was offloaded when somebody uploads it again, for all who have it', async () => {
    const bytes = randomBytes(1000);
    const { body } = await alice.put(bytes);
    await seal();
    await node.app.get(OffloadDag, { strict: false }).run(body.cid);
    await bob.put(bytes);
    expect((await alice.get<{ state: string }>(`/content/${body.estuaryId}`)).body.state).toBe('stored');
    expect(Buffer.from((await hot(body.cid))!).equals(bytes)).toBe(true);
    expect(await node.database.query('SELECT copy FROM runs ORDER BY copy')).toEqual([{ copy: 0 }, { copy: 1 }]);
    // Offloaded once more it lies at the miners by its first CAR; the second, a piece by now, is gone for everybody.
    await seal();
    await node.app.get(OffloadDag, { strict: false }).run(body.cid);
    const [first, second] = await cars();
    expect([first?.state, second?.state]).toEqual(['sealed', 'discarded']);
    expect(await node.database.query("SELECT payload FROM outbox WHERE name = 'car.gone'")).toEqual([
      { payload: { carId: second!.id } },
    ]);
  });
});

import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { SegmentCommitter } from '../cars/segment-committer.js';
import { StorageCommands } from '../storage-commands.js';
import { carPath } from '../testing/car-files.js';

const MIB = 1024 * 1024;
interface DagRow {
  root: string;
  size: string;
  car_bytes: string;
  blocks: number;
}

describe('rows out of CARs', () => {
  let node: ContentNode;
  let alice: Client;
  let fresh: TestDatabase;
  beforeEach(async () => {
    node = await contentNode({ LOG_LEVEL: 'silent', PIECE_CAR_LIMIT: String(6 * MIB) });
    alice = new Client(node, node.alice);
    fresh = await testDatabase();
    await fresh.query('UPDATE platform_identity SET id = gen_random_uuid()');
  }, 60_000);
  afterEach(async () => {
    await node.close();
    await fresh.drop();
  });

  const put = async (bytes: Buffer): Promise<{ id: number; cid: string }> => {
    const { status, body } = await alice.put(bytes);
    expect(status).toBe(200);
    return { id: body.estuaryId, cid: body.cid };
  };
  const seal = () => node.app.get(SegmentCommitter, { strict: false }).sealNow();
  const dagsOf = (database: TestDatabase) =>
    database.query<DagRow>('SELECT root, size, stored_bytes, car_bytes, blocks FROM dags WHERE hot ORDER BY root');
  const rebuild = async (lostAndFound = false) => {
    await using storage = new StorageCommands(
      AppConfig.parse({ DATABASE_URL: fresh.url, TIDEWATER_DATA: node.dataDir }),
    );
    return await storage.rebuild({ lostAndFound });
  };

  it('a lost database: every DAG is found again as it was, and its blocks can be read', async () => {
    const shared = randomBytes(300_000);
    const small = [randomBytes(10), randomBytes(2_000), Buffer.concat([shared, randomBytes(600_000)]), shared];
    const cids = [];
    for (const bytes of small) cids.push((await put(bytes)).cid);
    await seal();
    const only = randomBytes(5_000);
    cids.push((await put(only)).cid);
    await seal();
    // One in a CAR of its own, one in three of them, one in the segment that is open.
    cids.push((await put(randomBytes(3 * MIB))).cid, (await put(randomBytes(15 * MIB))).cid);
    const last = randomBytes(700);
    cids.push((await put(last)).cid);
    const before = await dagsOf(node.database);
    const [{ id }] = (await node.database.query('SELECT id FROM platform_identity')) as [{ id: string }];
    await node.stop();

    await expect(node.start({ DATABASE_URL: fresh.url })).rejects.toThrow('storage:rebuild');
    const report = await rebuild();
    expect(report).toMatchObject({ platformId: id, cars: 7, incomplete: [], damaged: [] });
    expect(await dagsOf(fresh)).toEqual(before);

    await node.start({ DATABASE_URL: fresh.url });
    const blocks = node.app.get(HotBlocks, { strict: false });
    for (const cid of cids) expect(await blocks.get(CID.parse(cid))).not.toBeNull();
    expect(Buffer.from((await blocks.get(CID.parse(cids.at(-1) ?? ''))) ?? [])).toEqual(last);
    const cars = await fresh.query<{ kind: string; state: string }>('SELECT kind, state FROM cars ORDER BY created_at');
    expect(cars.filter(({ state }) => state === 'open')).toEqual([{ kind: 'segment', state: 'open' }]);
    // No deal is made of what nobody is known to have paid for.
    expect(await fresh.query("SELECT FROM outbox WHERE name = 'car.sealed'")).toEqual([]);
  }, 60_000);

  it('may be repeated, and adds what a database has lost to what it knows', async () => {
    await put(randomBytes(2_000));
    await seal();
    await put(randomBytes(3 * MIB));
    const before = await dagsOf(node.database);
    await node.stop();
    await node.database.query('DELETE FROM runs WHERE car_id IN (SELECT id FROM cars ORDER BY id DESC LIMIT 1)');
    await node.database.query('DELETE FROM contents');
    await node.database.query('DELETE FROM dags WHERE NOT EXISTS (SELECT FROM runs WHERE dag_id = dags.id)');
    await node.database.query('DELETE FROM cars WHERE id IN (SELECT id FROM cars ORDER BY id DESC LIMIT 1)');
    for (const cars of [1, 0]) {
      await using storage = new StorageCommands(
        AppConfig.parse({ DATABASE_URL: node.database.url, TIDEWATER_DATA: node.dataDir }),
      );
      expect(await storage.rebuild({ lostAndFound: false })).toMatchObject({ cars });
    }
    expect(await dagsOf(node.database)).toEqual(before);
  }, 60_000);

  it('names what is damaged or not whole, and keeps the rest', async () => {
    const good = await put(randomBytes(900));
    const bad = await put(randomBytes(5_000));
    await seal();
    const parts = await put(randomBytes(15 * MIB));
    const [car] = await node.database.query<{ id: string }>("SELECT id FROM cars WHERE kind = 'segment'");
    const [part] = await node.database.query<{ id: string }>("SELECT id FROM cars WHERE kind = 'single' ORDER BY id");
    await node.stop();
    const handle = await open(carPath(node, car!.id), 'r+');
    await handle.write(randomBytes(4), 0, 4, 59 + 40 + 900 + 100);
    await handle.close();
    await rm(carPath(node, part!.id));
    const report = await rebuild();
    expect(report.damaged).toEqual([{ carId: car!.id, blocks: 1 }]);
    expect(report.dags.map(({ root }) => root)).toContain(good.cid);
    expect(report.incomplete.map(({ root }) => root)).toEqual(expect.arrayContaining([bad.cid]));
    expect((await dagsOf(fresh)).map(({ root }) => root)).not.toContain(parts.cid);
  }, 60_000);

  it('what waits in lost+found comes back when it is asked for', async () => {
    const kept = await put(randomBytes(2_000));
    await seal();
    await put(randomBytes(3 * MIB));
    await node.stop();
    {
      await using storage = new StorageCommands(
        AppConfig.parse({ DATABASE_URL: fresh.url, TIDEWATER_DATA: node.dataDir }),
      );
      expect((await storage.adopt()).setAside).toHaveLength(2);
    }
    expect(await rebuild()).toMatchObject({ cars: 0 });
    expect(await rebuild(true)).toMatchObject({ cars: 2 });
    await node.start({ DATABASE_URL: fresh.url });
    expect(await node.app.get(HotBlocks, { strict: false }).get(CID.parse(kept.cid))).not.toBeNull();
    await rm(path.join(node.dataDir, 'cars', 'lost+found'), { recursive: true });
  }, 60_000);
});

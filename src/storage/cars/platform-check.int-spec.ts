import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { newCarId } from '../domain/car.js';
import { StorageCommands } from '../storage-commands.js';
import { carPath } from '../testing/car-files.js';
import { AppConfig } from '../../config/index.js';
import { CarReclaimer } from './car-reclaimer.js';
import { SegmentCommitter } from './segment-committer.js';

/** What lies in the folder of CARs, by path, the marks left out. */
async function filesOf(node: ContentNode): Promise<string[]> {
  const all = await readdir(path.join(node.dataDir, 'cars'), { recursive: true });
  return all.filter((name) => name.endsWith('.car')).sort();
}

describe('the start of a node', () => {
  let node: ContentNode;
  let alice: Client;
  let others: TestDatabase[];
  beforeEach(async () => {
    node = await contentNode({ LOG_LEVEL: 'silent' });
    alice = new Client(node, node.alice);
    others = [];
  }, 60_000);
  afterEach(async () => {
    await node.close();
    for (const other of others) await other.drop();
  });

  const put = async (size = 2_000): Promise<{ cid: string; bytes: Buffer }> => {
    const bytes = randomBytes(size);
    const { status, body } = await alice.put(bytes);
    expect(status).toBe(200);
    return { cid: body.cid, bytes };
  };
  const seal = () => node.app.get(SegmentCommitter, { strict: false }).sealNow();
  const sweep = () => node.app.get(CarReclaimer, { strict: false }).sweep();
  const hot = async (cid: string) => {
    const bytes = await node.app.get(HotBlocks, { strict: false }).get(CID.parse(cid));
    return bytes && Buffer.from(bytes);
  };
  const mark = async (...names: string[]) => (await readFile(path.join(node.dataDir, ...names), 'utf8')).trim();
  const databaseId = async () => {
    const [row] = await node.database.query<{ id: string }>('SELECT id FROM platform_identity');
    return row?.id;
  };
  const emptyDatabase = async (): Promise<string> => {
    const other = await testDatabase();
    others.push(other);
    // A database of its own has an id of its own; those of tests are copies of one.
    await other.query('UPDATE platform_identity SET id = gen_random_uuid()');
    return other.url;
  };
  const commands = (url = node.database.url) =>
    new StorageCommands(AppConfig.parse({ DATABASE_URL: url, TIDEWATER_DATA: node.dataDir }));

  it('marks folder, place of CARs and database with one id, and each start counts on', async () => {
    const id = await databaseId();
    expect([await mark('platform-id'), await mark('cars', 'platform-id')]).toEqual([id, id]);
    const seen = Number(await mark('platform-generation'));
    await node.restart();
    expect(Number(await mark('platform-generation'))).toBeGreaterThan(seen);
  });

  it('gives a folder of the release before its id, and keeps all that is in it', async () => {
    const kept = await put();
    await node.stop();
    for (const name of ['platform-id', 'platform-generation', 'cars/platform-id'])
      await rm(path.join(node.dataDir, name));
    await node.start();
    expect(await mark('cars', 'platform-id')).toBe(await databaseId());
    expect(await hot(kept.cid)).toEqual(kept.bytes);
  });

  it.each(['with', 'without'])(
    'is refused with an empty database, the folder %s marks: not a byte is touched',
    async (marks) => {
      await put();
      await seal();
      await put(3 * 1024 ** 2);
      await node.stop();
      for (const name of marks === 'with' ? [] : ['platform-id', 'platform-generation', 'cars/platform-id'])
        await rm(path.join(node.dataDir, name));
      const [files, index] = [await filesOf(node), (await stat(path.join(node.dataDir, 'index', 'data.mdb'))).mtimeMs];
      expect(files).toHaveLength(2);
      await expect(node.start({ DATABASE_URL: await emptyDatabase() })).rejects.toMatchObject({
        code: 'ERR_STORAGE_MISMATCH',
        message: expect.stringMatching(/storage:rebuild.*storage:adopt/),
      });
      expect(await filesOf(node)).toEqual(files);
      expect((await stat(path.join(node.dataDir, 'index', 'data.mdb'))).mtimeMs).toBe(index);
      await node.start();
    },
  );

  it('is refused with an older state of its own database, and starts with the right one', async () => {
    const kept = await put();
    const [{ generation }] = (await node.database.query('SELECT generation FROM platform_identity')) as [
      { generation: string },
    ];
    await node.restart();
    await node.stop();
    await node.database.query('UPDATE platform_identity SET generation = $1', [generation]);
    await expect(node.start()).rejects.toMatchObject({ details: { reason: 'older-database' } });
    await node.database.query('UPDATE platform_identity SET generation = 1000');
    await node.start();
    expect(await hot(kept.cid)).toEqual(kept.bytes);
  });

  it('is refused when the database has lost the rows of several CARs', async () => {
    for (let n = 0; n < 3; n += 1) {
      await put();
      await seal();
    }
    await node.stop();
    await node.database.query('DELETE FROM runs');
    await node.database.query('DELETE FROM cars WHERE id IN (SELECT id FROM cars ORDER BY id DESC LIMIT 2)');
    await expect(node.start()).rejects.toMatchObject({ details: { reason: 'unknown-cars' } });
    expect(await filesOf(node)).toHaveLength(3);
  });

  it('is refused when the disk of the CARs is not mounted, or holds those of another platform', async () => {
    await put();
    await node.stop();
    await rename(path.join(node.dataDir, 'cars'), path.join(node.dataDir, 'elsewhere'));
    await expect(node.start()).rejects.toMatchObject({ details: { reason: 'place-missing' } });
    await rm(path.join(node.dataDir, 'cars'), { recursive: true });
    await cp(path.join(node.dataDir, 'elsewhere'), path.join(node.dataDir, 'cars'), { recursive: true });
    await writeFile(path.join(node.dataDir, 'cars', 'platform-id'), '5f0c1d9e-0000-7000-8000-000000000009\n');
    await expect(node.start()).rejects.toMatchObject({ details: { reason: 'other-place' } });
  });

  it('moves a single file that no row knows to lost+found, and starts', async () => {
    await put();
    await seal();
    const [known] = await filesOf(node);
    await node.stop();
    const stranger = newCarId();
    await mkdir(path.dirname(carPath(node, stranger)), { recursive: true });
    await copyFile(path.join(node.dataDir, 'cars', known ?? ''), carPath(node, stranger));
    await utimes(carPath(node, stranger), new Date(0), new Date(0));
    await node.start();
    await sweep();
    expect(await filesOf(node)).toEqual([known, `lost+found/${stranger}.car`].sort());
    // Its days begin when it is found.
    expect(await sweep()).toMatchObject({ setAside: 0, expired: 0 });
    await utimes(path.join(node.dataDir, 'cars', 'lost+found', `${stranger}.car`), new Date(0), new Date(0));
    expect(await sweep()).toMatchObject({ expired: 1 });
    expect(await filesOf(node)).toEqual([known]);
  });

  it('keeps the end of an open segment that an older database knows less of', async () => {
    const first = await put();
    const [before] = await node.database.query<{ bytes: string }>('SELECT bytes FROM cars');
    const second = await put();
    await node.stop();
    await node.database.query('DELETE FROM runs WHERE "offset" >= $1', [before?.bytes]);
    await node.database.query('UPDATE cars SET bytes = $1', [before?.bytes]);
    await node.start();
    expect(await hot(first.cid)).toEqual(first.bytes);
    const [tail] = (await filesOf(node)).filter((name) => name.startsWith('lost+found/'));
    expect((await readFile(path.join(node.dataDir, 'cars', tail ?? ''))).includes(second.bytes)).toBe(true);
  });

  it('goes on with another database by the word of an operator: what that does not know waits in lost+found', async () => {
    await put();
    await seal();
    await put();
    await node.stop();
    const files = (await filesOf(node)).map((name) => path.basename(name));
    const other = await emptyDatabase();
    {
      await using storage = commands(other);
      await expect(storage.assertTogether()).rejects.toThrow('belongs to platform');
      expect((await storage.adopt()).setAside).toHaveLength(2);
      await storage.assertTogether();
    }
    await node.start({ DATABASE_URL: other });
    expect(await filesOf(node)).toEqual(files.map((name) => `lost+found/${name}`).sort());
  });

  it('a sweep touches nothing once the database is another one', async () => {
    await put(3 * 1024 ** 2);
    const files = await filesOf(node);
    await node.database.query("UPDATE cars SET state = 'discarded'");
    await node.database.query('UPDATE platform_identity SET id = gen_random_uuid()');
    await expect(sweep()).rejects.toThrow('do not belong together any more');
    expect(await filesOf(node)).toEqual(files);
  });
});

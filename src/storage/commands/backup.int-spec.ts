import { randomBytes } from 'node:crypto';
import { access, copyFile, mkdtemp, open, readdir, readFile, readlink, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { CarReclaimer } from '../cars/car-reclaimer.js';
import { SegmentCommitter } from '../cars/segment-committer.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { Scrubber } from '../scrub/scrubber.js';
import { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import { StorageCommands } from '../storage-commands.js';
import { carPath } from '../testing/car-files.js';
import type { BackupProgress } from './backup.js';
import { verifyBackup } from './verify-backup.js';

const MIB = 1024 * 1024;

describe('a backup', () => {
  let node: ContentNode;
  let alice: Client;
  let target: string;
  let fresh: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    node = await contentNode({ LOG_LEVEL: 'silent' });
    alice = new Client(node, node.alice);
    [target, folder] = [await mkdtemp(path.join(tmpdir(), 'tidewater-backup-')), ''];
    folder = path.join(target, '..', `${path.basename(target)}-restored`);
    fresh = await testDatabase();
    await fresh.query('UPDATE platform_identity SET id = gen_random_uuid()');
  }, 60_000);
  afterEach(async () => {
    await node.close();
    await fresh.drop();
    for (const each of [target, folder]) await rm(each, { recursive: true, force: true });
  });

  const put = async (size: number) => {
    const bytes = randomBytes(size);
    const { status, body } = await alice.put(bytes);
    expect(status).toBe(200);
    return { id: body.estuaryId as number, cid: body.cid as string, bytes };
  };
  const seal = () => node.app.get(SegmentCommitter, { strict: false }).sealNow();
  const scrub = () => node.app.get(Scrubber, { strict: false }).run(new AbortController().signal);
  const sweep = () => node.app.get(CarReclaimer, { strict: false }).sweep();
  const commands = (url: string, dataDir: string) =>
    new StorageCommands(AppConfig.parse({ DATABASE_URL: url, TIDEWATER_DATA: dataDir }));
  const backUp = async () => {
    await using storage = commands(node.database.url, node.dataDir);
    return await storage.backup(target);
  };
  const restore = async () => {
    await using storage = commands(fresh.url, folder);
    return await storage.restore(target);
  };
  const startRestored = () => node.start({ DATABASE_URL: fresh.url, TIDEWATER_DATA: folder });
  const hot = async (cid: string) => {
    const bytes = await node.app.get(HotBlocks, { strict: false }).get(CID.parse(cid));
    return bytes && Buffer.from(bytes);
  };
  const cars = () =>
    node.database.query<{ id: string; state: string }>(
      "SELECT id, state FROM cars WHERE state <> 'discarded' ORDER BY id",
    );

  it('gives every byte back that was acknowledged before it began, made while uploads and removals go on', async () => {
    const kept = [];
    for (let n = 0; n < 12; n += 1) kept.push(await put(1_000 + n));
    const doomed = await put(3 * MIB);
    const large = await put(3 * MIB);
    await seal();
    for (let n = 0; n < 5; n += 1) kept.push(await put(500 + n));
    let going = true;
    const load = (async () => {
      for (let n = 0; going; n += 1) {
        const { id } = await put(2_000);
        if (n % 2 === 0) await alice.delete(id);
        if (n % 5 === 4) await seal();
        if (n === 3) await alice.delete(doomed.id);
      }
    })();
    const { manifest } = await backUp();
    going = false;
    await load;
    expect(manifest.missing).toEqual([]);
    expect(await verifyBackup(target)).toMatchObject({ problems: [] });
    await restore();
    await node.stop();
    await startRestored();
    for (const { cid, bytes } of kept) expect(await hot(cid)).toEqual(bytes);
    expect(await hot(large.cid)).not.toBeNull();
    expect((await alice.get<{ state: string }>(`/content/${large.id}`)).body.state).toBe('stored');
    // It goes on: new bytes, new rows, and the numbers of contents are not given twice.
    expect((await put(800)).id).toBeGreaterThan(large.id);
  }, 90_000);

  it('copies a sealed CAR once, and forgets what is not wanted any more', async () => {
    await put(3 * MIB);
    const second = await put(2 * MIB);
    expect(await backUp()).toMatchObject({ copied: 2 });
    await put(3 * MIB);
    await alice.delete(second.id);
    expect(await backUp()).toMatchObject({ copied: 1 });
    const names = (await readdir(path.join(target, 'cars'), { recursive: true })).filter((name) =>
      name.endsWith('.car'),
    );
    expect(names).toHaveLength(2);
    expect(await readdir(path.join(target, 'dumps'))).toHaveLength(1);
    expect((await verifyBackup(target)).problems).toEqual([]);
  }, 60_000);

  it('holds removals back while it runs, and no longer than it lives', async () => {
    const platform = node.app.get(PostgresPlatformStore, { strict: false });
    const [first, second] = [await put(3 * MIB), await put(3 * MIB)];
    const [one, two] = await cars();
    const hold = await platform.hold('test', 60_000);
    await alice.delete(first.id);
    await sweep();
    await access(carPath(node, one!.id));
    expect(await hot(first.cid)).toBeNull();
    await platform.endHold(hold);
    expect(await sweep()).toMatchObject({ removed: 1 });
    // One whose backup was killed.
    const left = await platform.hold('test', 60_000);
    await node.database.query("UPDATE removal_holds SET expires_at = now() - interval '1 second'");
    await alice.delete(second.id);
    await expect(access(carPath(node, two!.id))).rejects.toThrow('ENOENT');
    expect(await platform.extendHold(left, 60_000)).toBe(false);
  }, 60_000);

  it('says what it lacks', async () => {
    await put(3 * MIB);
    await put(2 * MIB);
    const [gone, short] = await cars();
    await rm(carPath(node, gone!.id));
    await truncate(carPath(node, short!.id), 1_000);
    const { manifest } = await backUp();
    expect(manifest.missing.map(({ id }) => id)).toEqual([gone!.id, short!.id]);
    expect(manifest.cars).toEqual([]);
  }, 60_000);

  it('takes a damaged CAR as it is and says so, keeps what it has of it since it was whole, and heals what is restored', async () => {
    const [hurt, well] = [await put(1_000), await put(1_001)];
    await seal();
    const large = await put(3 * MIB);
    const list = await cars();
    const [segment, single] = list.map(({ id }) => id);
    await using storage = commands(node.database.url, node.dataDir);
    const seen: BackupProgress[] = [];
    await storage.backup(target, (progress) => seen.push({ ...progress }));
    const total = seen.at(-1)!.ofBytes;
    expect(total).toBeGreaterThan(3 * MIB);
    expect(seen.at(-1)).toEqual({ cars: 2, ofCars: 2, bytes: total, ofBytes: total });
    expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).sort((a, b) => a - b));

    const flipped = async (id: string, bytes: Buffer) => {
      const file = carPath(node, id);
      const handle = await open(file, 'r+');
      await handle.write(Buffer.from([bytes[0]! ^ 1]), 0, 1, (await readFile(file)).indexOf(bytes.subarray(0, 500)));
      await handle.close();
    };
    await flipped(segment!, hurt.bytes);
    await rm(carPath(node, single!));
    await node.database.query('UPDATE car_copies SET verified_at = NULL');
    await scrub();
    const states = await node.database.query<{ state: string }>('SELECT state FROM car_copies ORDER BY car_id');
    expect(states.map(({ state }) => state)).toEqual(list.map(({ id }) => (id === segment ? 'damaged' : 'gone')));

    // Into a new folder: what can be read of the one, nothing of the other, and both by name.
    const other = `${target}-other`;
    const { manifest } = await storage.backup(other);
    expect(manifest.cars).toMatchObject([{ id: segment, damaged: true }]);
    expect(manifest.missing).toEqual([{ id: single, why: 'there is no file' }]);
    expect((await verifyBackup(other)).problems).toEqual([]);
    await rm(other, { recursive: true });

    // Into the old one: it has both as they were, and they heal what is restored.
    const again = await storage.backup(target);
    expect(again).toMatchObject({ copied: 0, manifest: { missing: [] } });
    expect(again.manifest.cars.map(({ id, damaged }) => [id, damaged])).toEqual(list.map(({ id }) => [id, undefined]));
    await restore();
    await node.stop();
    await startRestored();
    expect(await hot(well.cid)).toEqual(well.bytes);
    await scrub();
    expect(await hot(hurt.cid)).toEqual(hurt.bytes);
    for (const { id } of [hurt, well, large])
      expect((await alice.get<{ state: string }>(`/content/${id}`)).body.state).toBe('stored');
  }, 60_000);

  it('counts on no file before its bytes are synced, nor on names before their folders are, each once', async () => {
    for (let n = 0; n < 6; n += 1) await put(2 * MIB + n);
    const done: string[] = [];
    const probe = await open(target);
    const prototype = Object.getPrototypeOf(probe) as Record<
      'sync' | 'datasync',
      (this: { fd: number }) => Promise<void>
    >;
    await probe.close();
    for (const name of ['sync', 'datasync'] as const) {
      const real = prototype[name];
      jest.spyOn(prototype, name).mockImplementation(async function (this: { fd: number }) {
        const file = await readlink(`/proc/self/fd/${this.fd}`);
        await real.call(this);
        if (file.startsWith(`${target}/`) || file === target)
          done.push(file.slice(target.length + 1).replace(/\.\d+\.tmp$/, ''));
      });
    }
    const { manifest } = await backUp();
    jest.restoreAllMocks();
    const files = [...manifest.tables, ...manifest.cars].map(({ file }) => file);
    const folders = ['cars', 'dumps', ...new Set(files.map((file) => path.dirname(file)))];
    const before = done.slice(0, done.indexOf('manifest.json'));
    // The root of the folder bears the names of cars/ and dumps/.
    expect([...before].sort()).toEqual([...files, ...folders, ''].sort());
    expect(before.lastIndexOf(files.at(-1)!)).toBeLessThan(before.indexOf('cars'));
    expect(done.slice(-2)).toEqual(['manifest.json', '']);
  }, 60_000);

  it('is checked byte by byte', async () => {
    await put(3 * MIB);
    await put(100);
    await backUp();
    const [name] = (await readdir(path.join(target, 'cars'), { recursive: true })).filter((file) =>
      file.endsWith('.car'),
    );
    const file = path.join(target, 'cars', name ?? '');
    await copyFile(file, `${target}.car`);
    const handle = await open(file, 'r+');
    await handle.write(randomBytes(8), 0, 8, MIB);
    await handle.close();
    expect((await verifyBackup(target)).problems.join()).toContain('its checksum is another one');
    await expect(restore()).rejects.toMatchObject({ code: 'ERR_BACKUP_UNUSABLE' });
    await expect(startRestored()).rejects.toMatchObject({ details: { reason: 'restore-unfinished' } });
    // Put right, the restore goes on where it was.
    await copyFile(`${target}.car`, file);
    await rm(`${target}.car`);
    await restore();
    await node.stop();
    await startRestored();
  }, 60_000);

  it('is restored into what is empty, and into nothing else', async () => {
    await put(2_000);
    await backUp();
    await using storage = commands(fresh.url, node.dataDir);
    await node.stop();
    await expect(storage.restore(target)).rejects.toThrow('is the data folder of a platform');
    await using other = commands(node.database.url, folder);
    await expect(other.restore(target)).rejects.toThrow('the database is not empty');
    await expect(other.restore(folder)).rejects.toThrow('holds no backup');
  }, 60_000);

  it("never takes the place of another platform's", async () => {
    await put(100);
    await backUp();
    await node.stop();
    await rm(path.join(node.dataDir, 'node-id'));
    await expect(backUp()).rejects.toThrow('holds a backup of node');
  }, 60_000);
});

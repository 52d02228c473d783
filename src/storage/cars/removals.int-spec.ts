import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { access, open, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { CID } from 'multiformats/cid';
import { AccountLimits } from '../../accounts/index.js';
import { AccountUsage, OffloadDag } from '../../content/index.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { carId } from '../../shared/index.js';
import { CarFiles } from '../ports/car-files.port.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
import { carPath, rawBlock } from '../testing/car-files.js';
import { CarReclaimer } from './car-reclaimer.js';
import { HideDead } from './hide-dead.js';
import { SegmentCommitter } from './segment-committer.js';

describe('what is removed', () => {
  let node: ContentNode;
  let alice: Client;
  beforeEach(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
  }, 60_000);
  afterEach(async () => {
    jest.restoreAllMocks();
    await node.close();
  }, 60_000);

  const get = <T>(type: abstract new (...args: never[]) => T): T => node.app.get<T>(type, { strict: false });
  const seal = () => get(SegmentCommitter).sealNow();
  const hot = (cid: string) => get(HotBlocks).get(CID.parse(cid));
  const events = (name: string) => node.database.query('SELECT 1 FROM outbox WHERE name = $1', [name]);
  const onlyCar = async () =>
    (await node.database.query<{ id: string; state: string }>('SELECT id, state FROM cars ORDER BY id'))[0]!;

  async function put(size = 1000): Promise<{ id: number; cid: string }> {
    const { body } = await alice.put(randomBytes(size));
    return { id: body.estuaryId, cid: body.cid };
  }

  it('stays hidden when the process dies before it was: the next start hides it before it serves anything', async () => {
    const [gone, kept, large] = [await put(), await put(), await put(2 * 1024 * 1024)];
    await seal();
    // The transaction commits, and then the process is no more.
    jest.spyOn(get(HideDead), 'run').mockRejectedValue(new Error('killed'));
    await alice.delete(gone.id);
    await alice.delete(large.id);
    expect(await hot(gone.cid)).not.toBeNull();
    await node.start();
    expect(await hot(gone.cid)).toBeNull();
    expect(await hot(large.cid)).toBeNull();
    expect(await hot(kept.cid)).not.toBeNull();
    expect(await node.database.query('SELECT id FROM dead_stretches')).toEqual([]);
  }, 60_000);

  it('is no longer read when it came several times at once: each but one was hidden as it came', async () => {
    const bytes = randomBytes(1000);
    const stored = await Promise.all(Array.from({ length: 8 }, () => alice.put(bytes)));
    const { cid } = stored[0]!.body;
    expect(await hot(cid)).not.toBeNull();
    for (const { body } of stored) await alice.delete(body.estuaryId);
    expect(await hot(cid)).toBeNull();
  });

  it('or refused stays hidden likewise, between what others stored', async () => {
    const before = await put();
    await get(AccountLimits).set(node.bob.id, { bytesQuota: 10_000 });
    const bob = new Client(node, node.bob);
    expect((await bob.put(randomBytes(6_000))).status).toBe(200);
    // Who asked before saw room enough, so the commit refuses it; and then the process is no more.
    jest.spyOn(get(AccountUsage), 'counted').mockResolvedValue({ bytes: 0, contents: 0 });
    jest.spyOn(get(CarReclaimer), 'hide').mockRejectedValue(new Error('killed'));
    const bytes = randomBytes(4_500);
    const refused = rawBlock(bytes).cid.toString();
    expect((await bob.put(bytes)).status).toBe(403);
    const after = await put();
    expect(await hot(refused)).not.toBeNull();
    await node.start();
    expect(await hot(refused)).toBeNull();
    for (const { cid } of [before, after]) expect(await hot(cid)).not.toBeNull();
    // What was hidden can be stored by whoever has room for it.
    expect((await alice.put(bytes)).status).toBe(200);
    expect(Buffer.from((await hot(refused))!).equals(bytes)).toBe(true);
  }, 60_000);

  it('while its segment is being sealed leaves no piece: nothing is announced, and the file goes', async () => {
    const only = await put();
    const cars = get(PostgresCarStore);
    const sealInRows = cars.seal.bind(cars);
    // Between the last look at the runs and the rows.
    jest.spyOn(cars, 'seal').mockImplementation(async (id, finished) => {
      await alice.delete(only.id);
      return sealInRows(id, finished);
    });
    const { id } = await onlyCar();
    await seal();
    expect(await onlyCar()).toEqual({ id, state: 'discarded' });
    expect(await events('car.sealed')).toEqual([]);
    await expect(access(carPath(node, id))).rejects.toThrow('ENOENT');
  }, 60_000);

  it('is never a file that was just put back, whenever the sweep comes', async () => {
    const stored = await put();
    await seal();
    const { id } = await onlyCar();
    const bytes = await readFile(carPath(node, id));
    await get(OffloadDag).run(stored.cid);
    const swept: unknown[] = [];
    await get(CarFiles).putBack(
      carId(id),
      (async function* () {
        yield bytes.subarray(0, 100);
        swept.push(await get(CarReclaimer).sweep());
        yield bytes.subarray(100);
      })(),
    );
    swept.push(await get(CarReclaimer).sweep());
    expect(swept).toMatchObject([{ removed: 0 }, { removed: 0 }]);
    expect(await hot(stored.cid)).not.toBeNull();
    // One that did not come whole has changed nothing.
    await get(OffloadDag).run(stored.cid);
    const broken = get(CarFiles).putBack(carId(id), failing());
    await expect(broken).rejects.toThrow('the miner hung up');
    expect(await node.database.query('SELECT state FROM car_copies')).toEqual([{ state: 'gone' }]);
  }, 60_000);

  it('and what is made is durable by name, too: the folders are synced', async () => {
    const synced: string[] = [];
    const handle = await open(path.join(node.dataDir, 'node-id'));
    const prototype = Object.getPrototypeOf(handle) as { sync(this: { fd: number }): Promise<void> };
    await handle.close();
    const sync = prototype.sync;
    jest.spyOn(prototype, 'sync').mockImplementation(async function (this: { fd: number }) {
      synced.push(await readlink(`/proc/self/fd/${this.fd}`));
      return sync.call(this);
    });
    const { id } = await put(2 * 1024 * 1024);
    const file = carPath(node, (await onlyCar()).id);
    expect(synced).toContain(path.join(node.dataDir, 'cars'));
    expect(synced).toContain(path.dirname(file));
    synced.length = 0;
    await alice.delete(id);
    expect(synced).toContain(path.dirname(file));
  }, 60_000);

  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(10);
    throw new Error('the miner hung up');
  }
});

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/until.js';
import { AppConfig } from '../../config/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { newCarId } from '../domain/car.js';
import { describeCarPlaceContract } from '../testing/car-place.contract.js';
import { InMemoryCarPlace } from '../testing/in-memory-car-place.js';
import { LocalCarFolder, namedDiskError } from './local-car-folder.js';

async function folder() {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tidewater-place-'));
  const config = AppConfig.parse({ TIDEWATER_DATA: dataDir });
  const place = new LocalCarFolder(config, new NodeIdentity(config));
  const close = async (): Promise<void> => {
    place.onApplicationShutdown();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { dataDir, place, close };
}

/** As another process of this node does it. */
function removeBy(dataDir: string): Promise<number> {
  const config = AppConfig.parse({ TIDEWATER_DATA: dataDir });
  return new LocalCarFolder(config, new NodeIdentity(config)).removePartials();
}

async function filesIn(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function* inParts(length: number): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(length);
}

describeCarPlaceContract('in a folder', folder);
describeCarPlaceContract('in memory', () =>
  Promise.resolve({ place: new InMemoryCarPlace(), close: () => Promise.resolve() }),
);

describe('the folder of a node', () => {
  it('clears away what a killed process had begun, and nothing that is being written', async () => {
    const { dataDir, place, close } = await folder();
    const [begun, kept] = [newCarId(), newCarId()];
    await place.put(kept, inParts(10));
    // As of a process that was killed, of this release and of the one before.
    for (const name of [`${kept}.car.4000000-1.tmp`, `${kept}.car.4000000.tmp`])
      await writeFile(path.join(path.dirname(place.pathOf(kept)), name), 'half');
    let go: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (go = resolve));
    let swept: Promise<number> | undefined;
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(10);
      swept = removeBy(dataDir);
      await asked;
      yield Buffer.alloc(10);
    };
    const writing = place.put(begun, slow());
    await until(() => swept !== undefined);
    expect(await swept).toBe(2);
    expect(await place.removePartials()).toBe(0);
    go();
    expect(await writing).toBe(20);
    expect((await filesIn(dataDir)).sort()).toEqual([`${begun}.car`, `${kept}.car`].sort());
    await close();
  });

  it('leaves no part of a CAR that did not come whole', async () => {
    const { dataDir, place, close } = await folder();
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(10);
      throw new Error('gone');
    };
    await expect(place.put(newCarId(), broken())).rejects.toThrow('gone');
    expect(await filesIn(dataDir)).toEqual([]);
    await close();
  });

  it('never writes over a CAR that is being made', async () => {
    const { place, close } = await folder();
    const id = newCarId();
    const handle = await place.create(id);
    await expect(place.create(id)).rejects.toMatchObject({ code: 'EEXIST' });
    await handle.close();
    await close();
  });

  it('calls a full disk by its name', () => {
    for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG'])
      expect(namedDiskError(Object.assign(new Error(code), { code }))).toMatchObject({ code: 'ERR_DISK_FULL' });
    expect(namedDiskError(Object.assign(new Error('EIO'), { code: 'EIO' }))).toMatchObject({
      code: 'ERR_CAR_WRITE_FAILED',
    });
  });
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
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

describeCarPlaceContract('in a folder', folder);
describeCarPlaceContract('in memory', () =>
  Promise.resolve({ place: new InMemoryCarPlace(), close: () => Promise.resolve() }),
);

describe('the folder of a node', () => {
  it('leaves no part of a CAR that did not come whole', async () => {
    const { dataDir, place, close } = await folder();
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(10);
      throw new Error('gone');
    };
    await expect(place.put(newCarId(), broken())).rejects.toThrow('gone');
    const files = (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toEqual([]);
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

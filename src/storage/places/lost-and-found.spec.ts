import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import { carHeader, PLACEHOLDER_ROOT } from '../../ipld/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import type { CarId } from '../../shared/index.js';
import { newCarId } from '../domain/car.js';
import { LocalCarFolder } from './local-car-folder.js';
import { LostAndFound } from './lost-and-found.js';

const DAY_MS = 86_400_000;

describe('lost+found', () => {
  let dataDir: string;
  let clock: TestClock;
  let cars: LocalCarFolder;
  let lost: LostAndFound;
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'tidewater-lost-'));
    clock = new TestClock();
    const config = AppConfig.parse({ TIDEWATER_DATA: dataDir });
    cars = new LocalCarFolder(config, new NodeIdentity(config));
    lost = new LostAndFound(config, cars, clock);
  });
  afterEach(async () => {
    cars.onApplicationShutdown();
    await rm(dataDir, { recursive: true });
  });
  const car = async (text: string, id = newCarId()): Promise<CarId> => {
    const handle = await cars.create(id);
    await handle.writeFile(text);
    await handle.close();
    return id;
  };

  it('takes a file out of the CARs, and a second one of the same id beside it', async () => {
    const id = await car('first');
    expect(await cars.read(id, 0, 5)).toEqual(Buffer.from('first'));
    const moved = await lost.take(id);
    expect(await cars.read(id, 0, 5)).toBeNull();
    expect(await readFile(moved ?? '', 'utf8')).toBe('first');
    await lost.take(await car('second', id));
    expect(await lost.list()).toHaveLength(2);
    expect(await lost.take(id)).toBeNull();
    const files: CarId[] = [];
    for await (const found of cars.list()) files.push(found.id);
    expect(files).toEqual([]);
  });

  it('keeps what it took for its days from then on, however old the file was', async () => {
    const id = await car('old');
    await utimes(cars.pathOf(id), new Date(0), new Date(0));
    await lost.take(id);
    clock.advance(7 * DAY_MS - 1_000);
    expect(await lost.removeExpired()).toBe(0);
    clock.advance(1_000);
    expect(await lost.removeExpired()).toBe(1);
    expect(await readdir(lost.folder)).toEqual([]);
  });

  it('never removes what it did not put there', async () => {
    await lost.take(await car('ours'));
    await writeFile(path.join(lost.folder, 'notes.txt'), 'by hand');
    clock.advance(365 * DAY_MS);
    expect(await lost.removeExpired()).toBe(1);
    expect(await readdir(lost.folder)).toEqual(['notes.txt']);
  });

  it('makes a CAR of the end of a file', async () => {
    const id = await car('known|not known');
    const handle = await cars.openForWriting(id);
    await lost.takeTail(id, handle, 6);
    await handle.close();
    const [tail] = await lost.list();
    expect(tail?.id).toBe(id);
    expect(await readFile(tail?.file ?? '')).toEqual(
      Buffer.concat([carHeader(PLACEHOLDER_ROOT), Buffer.from('not known')]),
    );
    expect((await stat(cars.pathOf(id))).size).toBe(15);
  });

  it('gives a file back under an id that is free', async () => {
    const id = await car('wanted after all');
    const file = (await lost.take(id)) ?? '';
    const other = await car('in the way');
    await expect(lost.returnCar(file, other)).rejects.toThrow(other);
    await lost.returnCar(file, id);
    expect(await cars.sizeOf(id)).toBe(16);
    expect(await lost.list()).toEqual([]);
  });
});

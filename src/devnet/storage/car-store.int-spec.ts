import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sampleCar, type SampleCar } from '../testing/sample-car.js';
import { BlockFinder } from './block-finder.js';
import type { BlockRows } from './reader-protocol.js';
import { SectionScanner } from './car-sections.js';
import type { CarReader, ReadResult } from './car-reader.js';
import { CarStore } from './car-store.js';
import { Database } from './database.js';
import type { ReadJob } from './reader-protocol.js';

/** Reads as the thread does, without one; commP is made up. */
class ReaderWithoutThread {
  commPs = 0;
  reads = 0;

  async read(job: Omit<ReadJob, 'id'>, onBlocks: (rows: BlockRows) => void = () => undefined): Promise<ReadResult> {
    this.reads++;
    if (job.commP) this.commPs++;
    const bytes = await readFile(job.path);
    const rows: BlockRows = [];
    new SectionScanner().push(bytes, (section) => rows.push(section));
    if (job.copyTo) await writeFile(job.copyTo, bytes);
    onBlocks(rows);
    const sha = createHash('sha256').update(bytes).digest('hex');
    return {
      sha,
      size: bytes.length,
      malformed: undefined,
      piece: job.commP ? { pieceCid: `piece-${sha.slice(0, 8)}`, pieceSize: 256 } : undefined,
    };
  }
}

describe('The store of CARs', () => {
  let dir: string;
  let db: Database;
  let reader: ReaderWithoutThread;
  let carStore: CarStore;
  let finder: BlockFinder;
  let car: SampleCar;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'devnet-cars-'));
    db = new Database(join(dir, 'db'));
    reader = new ReaderWithoutThread();
    carStore = new CarStore(db, reader as unknown as CarReader, join(dir, 'cars'));
    finder = new BlockFinder(db, carStore);
    car = await sampleCar(join(dir, 'a.car'), 200_000);
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('keeps byte-identical CARs once, whoever asks and from wherever', async () => {
    await copyFile(car.path, join(dir, 'b.car'));
    const [a, again, b] = await Promise.all([
      carStore.take(car.path),
      carStore.take(car.path),
      carStore.take(join(dir, 'b.car')),
    ]);
    expect([again.id, b.id]).toEqual([a.id, a.id]);
    await carStore.take(car.path);
    expect(reader.reads).toBe(2);
  });

  it('finds blocks and pieces for the miners that hold them, until the last deal is over', async () => {
    const { id } = await carStore.take(car.path);
    carStore.addReference(1, 't01000', id, 'piece-1');
    carStore.addReference(2, 't01001', id, 'piece-1');
    const multihash = car.root.multihash.bytes;
    expect(finder.holders(multihash).map(({ miner }) => miner)).toEqual(['t01000', 't01001']);
    expect(finder.block(multihash, 't01002')).toBeUndefined();
    const found = finder.block(multihash, 't01000')!;
    expect(car.bytes.subarray(found.position, found.position + found.length)).toEqual(
      Buffer.from(car.blocks.get(String(car.root))!),
    );
    carStore.removeReference(1);
    expect([finder.piece('piece-1', 't01000'), finder.piece('piece-1', 't01001')?.size]).toEqual([
      undefined,
      car.bytes.length,
    ]);
    carStore.removeReference(2);
    expect(finder.holders(multihash)).toEqual([]);
  });

  it('remembers commP when the bytes are long gone', async () => {
    const first = await carStore.take(car.path);
    carStore.removeUnreferenced(first.id);
    const second = await carStore.take(car.path);
    expect([second.pieceCid, reader.commPs]).toEqual([first.pieceCid, 1]);
    expect(await carStore.measure(car.path)).toMatchObject({ pieceCid: first.pieceCid, size: car.bytes.length });
    expect(reader.reads).toBe(2);
  });

  it('forgets copies that a crash cut short', async () => {
    db.run('insert into cars(sha) values (null)');
    db.run('insert into blocks(multihash, car, position, length) values (?, 1, 0, 1)', Uint8Array.of(1));
    await writeFile(`${carStore.path(1)}.part`, 'half');
    expect(new CarStore(db, reader as unknown as CarReader, join(dir, 'cars')).has(1)).toBe(false);
    expect(existsSync(`${carStore.path(1)}.part`)).toBe(false);
    expect(db.all('select * from blocks')).toEqual([]);
  });
});

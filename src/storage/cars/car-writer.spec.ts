import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { HEADER_BYTES, PLACEHOLDER_ROOT } from '../../ipld/index.js';
import { raw } from '../testing/dag-store.contract.js';
import { carId } from '../../shared/index.js';
import type { BlockIndex, IndexEntry } from '../blocks/block-index.js';
import { CarWriter } from './car-writer.js';

/** A file in memory whose disk can be full, slow, or take half of what it is given. */
class FakeFile {
  bytes = Buffer.alloc(0);
  capacity = Infinity;
  mostPerCall = Infinity;
  syncs = 0;
  slow: Promise<void> = Promise.resolve();

  async writev(parts: Uint8Array[], position: number): Promise<{ bytesWritten: number }> {
    await this.slow;
    const given = Buffer.concat(parts);
    const room = Math.min(this.mostPerCall, this.capacity - position);
    if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const taken = given.subarray(0, room);
    this.bytes = Buffer.concat([this.bytes.subarray(0, position), taken, this.bytes.subarray(position + taken.length)]);
    return { bytesWritten: taken.length };
  }

  async write(data: Uint8Array, offset: number, length: number, position: number): Promise<object> {
    return this.writev([data.subarray(offset, offset + length)], position);
  }

  async read(buffer: Buffer, offset: number, length: number, position: number): Promise<object> {
    const bytesRead = this.bytes.copy(buffer, offset, position, position + length);
    return { bytesRead, buffer };
  }

  async truncate(length: number): Promise<void> {
    this.bytes = this.bytes.subarray(0, length);
  }
  async datasync(): Promise<void> {
    this.syncs += 1;
  }
  async close(): Promise<void> {
    return undefined;
  }
}

class FakeIndex {
  readonly entries: IndexEntry[] = [];
  async add(entries: IndexEntry[]): Promise<void> {
    this.entries.push(...entries);
  }
  async remove(entries: IndexEntry[]): Promise<void> {
    const gone = new Set(entries.map(({ place }) => place.offset));
    this.entries.splice(0, Infinity, ...this.entries.filter(({ place }) => !gone.has(place.offset)));
  }
}

function writerOn(file: FakeFile, index = new FakeIndex()): CarWriter {
  const writer = new CarWriter(
    carId('00000000-0000-7000-8000-000000000000'),
    file as unknown as FileHandle,
    index as unknown as BlockIndex,
    0,
  );
  writer.writeHeader();
  return writer;
}

const block = (length: number) => {
  const { cid, bytes } = raw(randomBytes(length));
  return { cid, parts: [bytes], length };
};

describe('the CAR writer', () => {
  it('writes all, in order, however little the disk takes at a time, and indexes where it lies', async () => {
    const file = new FakeFile();
    file.mostPerCall = 1000;
    const index = new FakeIndex();
    const writer = writerOn(file, index);
    const blocks = [block(10), block(2500), block(0), block(999)];
    for (const each of blocks) await writer.append(each);
    await writer.sync();
    expect(file.bytes).toHaveLength(writer.length);
    expect(file.syncs).toBe(1);
    for (const [at, { place }] of index.entries.entries()) {
      expect(file.bytes.subarray(place.offset, place.offset + place.length).equals(blocks[at]!.parts[0]!)).toBe(true);
    }
    expect(index.entries).toHaveLength(4);
  });

  it('keeps its sender waiting while the disk is behind', async () => {
    const file = new FakeFile();
    const disk = Promise.withResolvers<void>();
    file.slow = disk.promise;
    const writer = writerOn(file);
    const large = block(3 * 1024 * 1024);
    let appended = 0;
    const sending = (async () => {
      for (; appended < 8; appended++) await writer.append(large);
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(appended).toBeLessThan(4);
    disk.resolve();
    await sending;
    await writer.sync();
    expect(file.bytes.length).toBe(writer.length);
  });

  it('names a full disk, stays failed, and takes back what did not fit', async () => {
    const file = new FakeFile();
    const index = new FakeIndex();
    const writer = writerOn(file, index);
    await writer.append(block(100));
    await writer.sync();
    const good = writer.length;
    file.capacity = good + 500;
    await writer.append(block(200));
    await writer.append(block(5000));
    await expect(writer.sync()).rejects.toMatchObject({ code: 'ERR_DISK_FULL', status: 507 });
    await expect(writer.append(block(1))).rejects.toMatchObject({ code: 'ERR_DISK_FULL' });
    await writer.cutBack(good);
    expect(file.bytes).toHaveLength(good);
    expect(index.entries).toHaveLength(1);
    await writer.append(block(100));
    await writer.sync();
    expect(file.bytes).toHaveLength(writer.length);
  });

  it('wakes a waiting sender with the failure', async () => {
    const file = new FakeFile();
    file.capacity = HEADER_BYTES + 10;
    const writer = writerOn(file);
    const large = block(4 * 1024 * 1024);
    await expect(
      (async () => {
        for (let i = 0; i < 10; i++) await writer.append(large);
        await writer.sync();
      })(),
    ).rejects.toMatchObject({ code: 'ERR_DISK_FULL' });
  });

  it('says when bytes are written, in order', async () => {
    const writer = writerOn(new FakeFile());
    const written: number[] = [];
    for (let i = 0; i < 5; i++) await writer.append({ ...block(10), written: () => written.push(i) });
    await writer.flush();
    expect(written).toEqual([0, 1, 2, 3, 4]);
  });

  it('names the root in the header when it finishes, and syncs after that', async () => {
    const file = new FakeFile();
    const writer = writerOn(file);
    const only = block(10);
    await writer.append(only);
    await writer.flush();
    expect(file.bytes.includes(Buffer.from(PLACEHOLDER_ROOT.bytes))).toBe(true);
    await writer.finish(only.cid);
    expect(file.bytes.subarray(0, HEADER_BYTES).includes(Buffer.from(only.cid.bytes))).toBe(true);
    expect(file.syncs).toBe(1);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppConfig } from '../../config/index.js';
import { DiskSpace } from './disk-space.js';

const RESERVE = 1_000;

describe('room on the disk', () => {
  let folder: string;
  let disk: FakeDisk;

  /** A disk of which a test says how much is free, beside the reserve. */
  class FakeDisk extends DiskSpace {
    freeNow = 10_000;
    looks = 0;
    protected override freeBytes(): Promise<number> {
      this.looks += 1;
      return Promise.resolve(RESERVE + this.freeNow);
    }
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidewater-space-'));
    disk = new FakeDisk(AppConfig.parse({ TIDEWATER_DATA: folder, DISK_RESERVE_BYTES: String(RESERVE) }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is refused when it would eat into the reserve', async () => {
    await disk.ensure(10_000);
    await expect(disk.ensure(10_001)).rejects.toMatchObject({
      code: 'ERR_DISK_FULL',
      details: { needed: 10_001, free: 10_000 },
    });
  });

  it('is promised once, however many ask at the same time', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 100 }, () => disk.reserve(3_000)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(disk.looks).toBe(1);
    await expect(disk.ensure(1_001)).rejects.toMatchObject({ code: 'ERR_DISK_FULL' });
  });

  it('that was promised and not used is free for others; what was written is not', async () => {
    const upload = await disk.reserve(6_000);
    upload.spend(2_000);
    expect(upload.left).toBe(4_000);
    upload.release();
    upload.release();
    await disk.ensure(8_000);
    await expect(disk.ensure(8_001)).rejects.toMatchObject({ code: 'ERR_DISK_FULL' });
  });

  it('grows with a DAG that is larger than was said', async () => {
    const [one, other] = [await disk.reserve(0), await disk.reserve(9_000)];
    await one.grow(1_000);
    await expect(one.grow(1)).rejects.toMatchObject({ code: 'ERR_DISK_FULL' });
    other.release();
    await one.grow(9_000);
    expect(one.left).toBe(10_000);
  });

  it('that comes after its DAG has ended is nobody’s', async () => {
    const upload = await disk.reserve(0);
    const growing = upload.grow(5_000);
    upload.release();
    await growing;
    await disk.ensure(10_000);
  });
});

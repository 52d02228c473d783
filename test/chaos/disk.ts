import { execFile } from 'node:child_process';
import { mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Enough for PostgreSQL's log and what the simulated miners keep; the file is sparse and takes what is used. */
const IMAGE_BYTES = 16 * 1024 ** 3;

/** A disk that can be full, for as long as somebody wants. */
export abstract class Disk {
  /** For the report: how writes are made to fail. */
  abstract readonly kind: 'image' | 'file-size-limit';
  /** Where the data folder is to lie. */
  abstract readonly folder: string;
  /** From now on no more than so many bytes can be written. `pids`: who writes. */
  abstract fill(leave: number, pids: readonly number[]): Promise<void>;
  abstract clear(pids: readonly number[]): Promise<void>;
  /** Gives back all that it took of the machine; what lies on it is gone. */
  abstract remove(): Promise<void>;
}

/**
 * A file system of its own where this account may mount one (an ext4 image on a loop device): what fills it fails
 * everybody's writes, PostgreSQL's included. Elsewhere RLIMIT_FSIZE, put on API and worker while they run.
 */
export async function openDisk(base: string): Promise<Disk> {
  await mkdir(base, { recursive: true });
  return (await mountImage(base).catch(() => null)) ?? new FileSizeLimit(base);
}

async function mountImage(base: string): Promise<Disk | null> {
  const image = path.join(base, 'disk.img');
  const folder = path.join(base, 'disk');
  if (process.getuid?.() !== 0) return null;
  try {
    await writeFile(image, '');
    await truncate(image, IMAGE_BYTES);
    await run('mkfs.ext4', ['-q', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image]);
    await mkdir(folder, { recursive: true });
    // Processes are killed here, never the machine: what a sync has to survive is in the page cache.
    await run('mount', ['-o', 'loop,noatime,discard,barrier=0', image, folder]);
    return new ImageDisk(image, folder);
  } catch (error) {
    await rm(image, { force: true });
    throw error;
  }
}

class ImageDisk extends Disk {
  readonly kind = 'image';
  readonly folder: string;
  private readonly image: string;
  private readonly ballast: string;

  constructor(image: string, folder: string) {
    super();
    this.image = image;
    this.folder = folder;
    this.ballast = path.join(folder, 'ballast');
  }

  async fill(leave: number): Promise<void> {
    // Others write meanwhile: what a try asked for may not be there any more.
    for (let n = 0; n < 12; n += 1) {
      const { bavail, bsize } = await statfs(this.folder);
      const bytes = bavail * bsize - leave;
      if (bytes < bsize) return;
      await run('fallocate', ['-l', String(bytes), `${this.ballast}.${n}`]).catch(() => undefined);
    }
  }

  async clear(): Promise<void> {
    for (let n = 0; n < 12; n += 1) await rm(`${this.ballast}.${n}`, { force: true });
  }

  async remove(): Promise<void> {
    await run('umount', [this.folder]).catch(() => run('umount', ['-l', this.folder]));
    await rm(this.image, { force: true });
  }
}

class FileSizeLimit extends Disk {
  readonly kind = 'file-size-limit';
  readonly folder: string;

  constructor(base: string) {
    super();
    this.folder = path.join(base, 'disk');
  }

  async fill(leave: number, pids: readonly number[]): Promise<void> {
    for (const pid of pids) await run('prlimit', ['--pid', String(pid), `--fsize=${leave}:`]).catch(() => undefined);
  }

  async clear(pids: readonly number[]): Promise<void> {
    for (const pid of pids) await run('prlimit', ['--pid', String(pid), '--fsize=unlimited:']).catch(() => undefined);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

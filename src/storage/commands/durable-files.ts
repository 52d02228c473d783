import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../places/sync-directory.js';

/** What a file has, for a manifest. */
export interface WrittenFile {
  bytes: number;
  /** In hex. */
  sha256: string;
}

/**
 * Many files on their way to a disk: the bytes of each are synced before it gets its name, and names are synced once
 * for each folder, by `settle`. Nothing may count on any of them before.
 */
export class DurableFiles {
  private readonly folders = new Set<string>();

  /** All bytes, under their name only when they are whole and synced. Leaves no part behind when it fails. */
  async write(target: string, bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<WrittenFile> {
    const draft = `${target}.${process.pid}.tmp`;
    const folder = path.dirname(target);
    await this.make(folder);
    const hash = createHash('sha256');
    let length = 0;
    try {
      const handle = await open(draft, 'w', 0o600);
      try {
        for await (const chunk of bytes) {
          hash.update(chunk);
          length += chunk.length;
          await handle.writeFile(chunk);
        }
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return { bytes: length, sha256: hash.digest('hex') };
  }

  /** All names that were written survive a power cut, and so do the folders that were made for them. */
  async settle(): Promise<void> {
    const folders = [...this.folders];
    this.folders.clear();
    for (const folder of folders) await syncDirectory(folder);
  }

  private async make(folder: string): Promise<void> {
    if (this.folders.has(folder)) return;
    const made = await mkdir(folder, { recursive: true });
    // Whatever had to be made has its name in the folder above it.
    if (made !== undefined)
      for (let above = path.dirname(folder); above.length >= path.dirname(made).length; above = path.dirname(above)) {
        this.folders.add(above);
        if (above === path.dirname(above)) break;
      }
    this.folders.add(folder);
  }
}

/** One file and its name, durable when it resolves. */
export async function writeWhole(
  target: string,
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<WrittenFile> {
  const files = new DurableFiles();
  const written = await files.write(target, bytes);
  await files.settle();
  return written;
}

/**
 * Runs the work for each item, so many at once. After a failure no further one is begun; rejects with the first failure
 * when those that run have ended.
 */
export async function eachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      await work(item).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}

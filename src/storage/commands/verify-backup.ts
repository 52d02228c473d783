import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { CarReader, hashMatches } from '../../ipld/index.js';
import { messageOf } from '../../shared/index.js';
import { checkedBytes, readManifest, type Manifest } from './backup-files.js';

export interface BackupVerified {
  manifest: Manifest;
  /** Blocks whose hash was computed. */
  blocks: number;
  /** A sentence for each file that is not as it was written. */
  problems: string[];
}

/**
 * Reads all of a backup: every file has its length and checksum, every table can be unpacked, every block of every CAR
 * is what its CID says. Changes nothing, and needs no database.
 * @throws BackupUnusable when there is no backup at all
 */
export async function verifyBackup(folder: string): Promise<BackupVerified> {
  const manifest = await readManifest(folder);
  const problems: string[] = [];
  let blocks = 0;
  const note = (what: string) => (error: unknown) => {
    problems.push(`${what}: ${messageOf(error)}`);
  };
  for (const file of [...manifest.tables, ...manifest.cars])
    await drain(checkedBytes(folder, file)).catch(note(file.file));
  for (const { file } of manifest.tables) {
    const text = createReadStream(path.join(folder, file));
    await drain(text.pipe(createGunzip())).catch(note(file));
  }
  // Of one that was damaged when it was copied the checksum says that it is what was copied.
  for (const car of manifest.cars.filter(({ damaged }) => damaged !== true))
    await countBlocks(path.join(folder, car.file)).then((count) => {
      blocks += count;
    }, note(car.file));
  return { manifest, blocks, problems: [...new Set(problems)] };
}

/** How many there are. @throws Error for one that is not what its CID says, CarMalformed, CarTruncated */
async function countBlocks(file: string): Promise<number> {
  const reader = await CarReader.open(createReadStream(file, { highWaterMark: 1024 * 1024 }));
  let count = 0;
  for await (const { cid, bytes } of reader.blocks()) {
    if (!hashMatches(cid, bytes)) throw new Error(`the block ${cid.toString()} is damaged`);
    count += 1;
  }
  return count;
}

async function drain(bytes: AsyncIterable<unknown>): Promise<void> {
  const reading = bytes[Symbol.asyncIterator]();
  while (!(await reading.next()).done);
}

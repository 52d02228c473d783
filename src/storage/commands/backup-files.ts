import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { carHeader, HEADER_BYTES, PLACEHOLDER_ROOT } from '../../ipld/index.js';
import { BackupUnusable } from '../domain/storage.errors.js';
import { namesIn, sizeOf } from '../places/file-facts.js';
import { writeWhole } from './durable-files.js';

const file = z.object({ file: z.string().regex(/^[\w./+-]+$/), bytes: z.number().int().min(0), sha256: z.string() });

/** What a backup is made of; the paths are relative to it. Written last: a folder without one is no backup. */
export const manifestSchema = z.object({
  format: z.literal(1),
  platformId: z.uuid(),
  nodeId: z.string(),
  createdAt: z.string(),
  /** Migrations that the database had: a restore lays the tables out as these say. */
  migrations: z.array(z.string()),
  /** Folder of what belongs to this backup alone: rows and open segments. CARs that are sealed are shared. */
  dump: z.string().regex(/^dumps\/[\w-]+$/),
  tables: z.array(file.extend({ name: z.string(), columns: z.array(z.string()) })),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), isCalled: z.boolean() })),
  cars: z.array(
    file.extend({
      id: z.uuid(),
      state: z.enum(['open', 'sealed']),
      /** The scrub had found damage in it: it is here as it was, for what of it can be read. */
      damaged: z.boolean().optional(),
    }),
  ),
  /** CARs that the rows know here and that are not in the backup: not there, or shorter than they should be. */
  missing: z.array(z.object({ id: z.uuid(), why: z.string() })),
  /** CARs of which only other nodes have a copy. */
  elsewhere: z.number().int(),
});
export type Manifest = z.output<typeof manifestSchema>;
export type BackupFile = z.output<typeof file>;

const MANIFEST = 'manifest.json';

/** @throws BackupUnusable when there is none, or it is not one of ours */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await findManifest(folder);
  if (manifest === null) throw new BackupUnusable(`${folder} holds no backup: there is no ${MANIFEST} in it`);
  return manifest;
}

/** Null when there is none. @throws BackupUnusable */
export async function findManifest(folder: string): Promise<Manifest | null> {
  let text: string;
  try {
    text = await readFile(path.join(folder, MANIFEST), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new BackupUnusable(`${path.join(folder, MANIFEST)} cannot be read as the manifest of a backup`, {
      cause: error,
    });
  }
}

/** From now on this is the backup that lies in the folder. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  await writeWhole(path.join(folder, MANIFEST), [Buffer.from(text)]);
}

/** The first `length` bytes of a CAR file; of one that is still open with the header of an open one, whatever stands there. */
export async function* bytesOfCar(source: string, length: number, isOpen: boolean): AsyncGenerator<Uint8Array> {
  if (isOpen) yield carHeader(PLACEHOLDER_ROOT);
  const start = isOpen ? HEADER_BYTES : 0;
  if (length > start) yield* createReadStream(source, { start, end: length - 1, highWaterMark: 1024 * 1024 });
}

/** The bytes of a file of a backup. @throws BackupUnusable at their end when they are not those that were written */
export async function* checkedBytes(folder: string, { file: name, bytes, sha256 }: BackupFile): AsyncGenerator<Buffer> {
  if ((await sizeOf(path.join(folder, name))) === null) throw new BackupUnusable(`${name} is not there`);
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of createReadStream(path.join(folder, name), { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    length += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (length !== bytes) throw new BackupUnusable(`${name} has ${length} bytes, and was written with ${bytes}`);
  if (hash.digest('hex') !== sha256) throw new BackupUnusable(`${name} is damaged: its checksum is another one`);
}

/** Removes what no manifest of this folder names: earlier dumps, CARs that are not wanted any more, torn files. */
export async function prune(folder: string, { dump, cars }: Manifest): Promise<void> {
  const wanted = new Set(cars.map((car) => car.file));
  for (const name of await namesIn(path.join(folder, 'dumps')))
    if (`dumps/${name}` !== dump) await rm(path.join(folder, 'dumps', name), { recursive: true, force: true });
  for (const half of await namesIn(path.join(folder, 'cars')))
    for (const name of await namesIn(path.join(folder, 'cars', half)))
      if (!wanted.has(`cars/${half}/${name}`)) await rm(path.join(folder, 'cars', half, name), { force: true });
}

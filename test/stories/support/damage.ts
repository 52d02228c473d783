import { open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Platform } from './platform.js';

/** Flips one bit where a CAR of the platform's folder has these bytes. @throws Error where none has them */
export async function flipBitOf(platform: Platform, bytes: Uint8Array): Promise<void> {
  const folder = path.join(platform.dataDir, 'cars');
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.car')) continue;
    const file = path.join(folder, name);
    const offset = (await readFile(file)).indexOf(bytes);
    if (offset < 0) continue;
    const handle = await open(file, 'r+');
    try {
      await handle.write(Buffer.from([(bytes[0] ?? 0) ^ 16]), 0, 1, offset);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return;
  }
  throw new Error('no CAR has these bytes');
}

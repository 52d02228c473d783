import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';

/** Makes the names in a folder survive a power cut: what was made, renamed or removed there. */
export async function syncDirectory(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** With its name, and those of all that had to be made above it, durable when it resolves. */
export async function makeDirectory(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  const top = path.dirname(made);
  for (let parent = path.dirname(folder); ; parent = path.dirname(parent)) {
    await syncDirectory(parent);
    if (parent === top || parent === path.dirname(parent)) return;
  }
}

import { readdir, stat } from 'node:fs/promises';

/** For `catch`: null when the file or folder is not there. Any other failure is one, and is thrown again. */
export function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** Length in bytes; null when there is no such file. */
export async function sizeOf(file: string): Promise<number | null> {
  return (await stat(file).catch(unlessMissing))?.size ?? null;
}

/** None when the folder is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(unlessMissing)) ?? [];
}

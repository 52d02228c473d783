import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainDiskError } from './launch.errors.js';
import { isRoot } from './postgres/unprivileged.js';

/** Makes the data folder and proves that bytes can be written there; every failure says what to do. */
export function prepareDataFolder(folder: string): void {
  try {
    // Closed to others. Where root starts us, PostgreSQL runs as another account, which must walk through (not look around).
    makeFolder(folder, isRoot() ? 0o711 : 0o700);
    makeFolder(join(folder, 'logs'), 0o700);
    const probe = join(folder, `.probe.${process.pid}`);
    writeFileSync(probe, randomBytes(4_096));
    rmSync(probe);
  } catch (error) {
    throw explainDiskError(error, folder);
  }
}

/** With what is missing above it. Node's own `recursive` never returns where a file system says ENOENT to every new name, as /proc does. */
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return;
  } else if (!existsSync(dirname(folder))) {
    makeFolder(dirname(folder), mode);
  }
  mkdirSync(folder, { mode });
}

/** A small JSON file that survives restarts; what cannot be read counts as absent. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whole or not at all, whatever happens in the middle. */
export function writeJson(path: string, value: unknown): void {
  const fresh = `${path}.${process.pid}`;
  try {
    writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** A secret that is made once and readable by its owner only. */
export function persistentSecret(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const secret = randomBytes(24).toString('hex');
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${secret}\n`, { mode: 0o600 });
  renameSync(fresh, path);
  return secret;
}

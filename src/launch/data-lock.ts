import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchRefused } from './launch.errors.js';
import { findProcess, isSameProcess, type ProcessIdentity } from './process-identity.js';

/** A data folder is used by one launcher at a time: two would append to the same files. */
export class DataLock {
  private readonly path: string;
  /** An earlier holder was killed; what it ran may still be there. */
  readonly wasAbandoned: boolean;

  private constructor(path: string, wasAbandoned: boolean) {
    this.path = path;
    this.wasAbandoned = wasAbandoned;
  }

  /** @throws LaunchRefused naming the holder, when a living launcher has the folder. */
  static take(folder: string): DataLock {
    const path = join(folder, 'launcher.lock');
    const mine = `${path}.${process.pid}`;
    writeFileSync(mine, JSON.stringify(findProcess(process.pid)), { mode: 0o644 });
    try {
      let wasAbandoned = false;
      // A link either makes the name or finds it taken, with its content complete: nobody ever reads half a lock.
      while (!link(mine, path)) {
        const holder = readHolder(path);
        if (holder !== null && isAlive(holder)) {
          throw new LaunchRefused(
            `Tidewater already runs on ${folder} (process ${holder.pid}). Stop it first, ` +
              'or start a second one beside it with its own folder and port:\n' +
              '  TIDEWATER_DATA=/another/folder PORT=3104 npm start',
          );
        }
        wasAbandoned = true;
        removeAbandoned(path, holder);
      }
      return new DataLock(path, wasAbandoned);
    } finally {
      rmSync(mine, { force: true });
    }
  }

  /** Frees the folder for the next launcher. Called last, when everything that writes there has ended. */
  release(): void {
    rmSync(this.path, { force: true });
  }
}

function isAlive(holder: ProcessIdentity): boolean {
  const living = findProcess(holder.pid);
  return living !== null && isSameProcess(living, holder);
}

/** Whether the hard link was made; false when `to` exists already. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved aside first, then looked at again: another starter may have replaced it by its own in the meantime. */
function removeAbandoned(path: string, expected: ProcessIdentity | null): void {
  const aside = `${path}.abandoned.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== null && (expected === null || !isSameProcess(moved, expected))) link(aside, path);
  rmSync(aside, { force: true });
}

/** Null when the lock has gone, or its content is not ours. */
function readHolder(path: string): ProcessIdentity | null {
  try {
    const { pid, began } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof began === 'string' ? { pid, began } : null;
  } catch {
    return null;
  }
}

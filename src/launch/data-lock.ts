import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FileLock, readLockHolder } from '../shared/file-lock.js';
import { LaunchRefused } from './launch.errors.js';
import { findProcess, isSameProcess, type ProcessIdentity } from './process-identity.js';

/** A data folder is used by one launcher at a time: two would append to the same files. */
export class DataLock {
  private readonly lock: FileLock;
  /** An earlier holder was killed; what it ran may still be there. */
  readonly wasAbandoned: boolean;

  private constructor(lock: FileLock, wasAbandoned: boolean) {
    this.lock = lock;
    this.wasAbandoned = wasAbandoned;
  }

  /**
   * The kernel decides, so a launcher in another container that shares the folder counts, too.
   * @throws LaunchRefused naming the holder, when a living launcher has the folder
   */
  static take(folder: string): DataLock {
    const path = join(folder, 'locks', 'launcher.lock');
    const lock = FileLock.tryTake(path);
    if (lock === null) {
      const holder = readLockHolder(path);
      const elsewhere = holder === null || holder.host === hostname() ? '' : ` on ${holder.host}`;
      throw refusal(folder, `${holder?.pid ?? 'unknown'}${elsewhere}`);
    }
    try {
      return new DataLock(lock, endOldLock(folder) || lock.wasAbandoned);
    } catch (error) {
      lock.release(false);
      throw error;
    }
  }

  /** Frees the folder for the next launcher. Called last, when everything that writes there has ended. */
  release(): void {
    this.lock.release();
  }
}

function refusal(folder: string, holder: string): LaunchRefused {
  return new LaunchRefused(
    `Tidewater already runs on ${folder} (process ${holder}). Stop it first, ` +
      'or start a second one beside it with its own folder and port:\n' +
      '  TIDEWATER_DATA=/another/folder PORT=3104 npm start',
  );
}

/**
 * Earlier versions wrote the number of their process into `launcher.lock` and left that when they were killed. One that
 * still runs is respected. Answers whether there was such a file. @throws LaunchRefused while its process lives
 */
function endOldLock(folder: string): boolean {
  const path = join(folder, 'launcher.lock');
  const holder = readOldHolder(path);
  if (holder === undefined) return false;
  const living = holder && findProcess(holder.pid);
  if (holder && living && isSameProcess(living, holder)) throw refusal(folder, String(holder.pid));
  rmSync(path, { force: true });
  return true;
}

/** Null when its content is not ours, undefined when there is no such file. */
function readOldHolder(path: string): ProcessIdentity | null | undefined {
  try {
    const { pid, began } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof began === 'string' ? { pid, began } : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : null;
  }
}

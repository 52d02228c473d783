import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { tryLock } from 'fs-native-extensions';

/** What the file of a lock says of whoever holds it: for sentences only, never to decide anything. */
export interface LockHolder {
  pid: number;
  host: string;
  /** When it was taken, ISO 8601. */
  since: string;
}

/**
 * A lock of the kernel on a file (fcntl(2), open file description locks). It lasts exactly as long as somebody has the
 * file open whom it was given to: kill -9 frees it, SIGSTOP does not, and processes in other PID namespaces see it as
 * those in ours do. The file is never removed: whoever waits for it must find the same one.
 */
export class FileLock {
  /** To be inherited by a child, which then holds the lock, too. */
  readonly fd: number;
  /** Whether the last holder ended without letting go. */
  readonly wasAbandoned: boolean;
  private open = true;

  private constructor(fd: number, wasAbandoned: boolean) {
    this.fd = fd;
    this.wasAbandoned = wasAbandoned;
  }

  /** Null when somebody else has it. Makes the file and its folder when they are missing. Throws as `fs` does. */
  static tryTake(path: string): FileLock | null {
    mkdirSync(dirname(path), { recursive: true });
    const fd = openSync(path, 'a+', 0o644);
    try {
      if (tryLock(fd)) {
        const lock = new FileLock(fd, readFileSync(path, 'utf8').trim() !== '');
        lock.sign();
        return lock;
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    return null;
  }

  /** Lets go, unless a child inherited it. `clean`: everything under the lock is in order. Harmless twice. */
  release(clean = true): void {
    if (!this.open) return;
    this.open = false;
    if (clean) ftruncateSync(this.fd);
    closeSync(this.fd);
  }

  private sign(): void {
    const holder = { pid: process.pid, host: hostname() };
    ftruncateSync(this.fd);
    writeSync(this.fd, `${JSON.stringify(holder)}\n`);
  }
}

/** Who holds (or held) the lock; null when its file tells nothing. */
export function readLockHolder(path: string): LockHolder | null {
  try {
    const { pid, host } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockHolder>;
    const since = statSync(path).mtime.toISOString();
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, since } : null;
  } catch {
    return null;
  }
}

/**
 * The same lock on a file that is open already, for as long as it is: says to other processes that its writer lives.
 * False when somebody else has it.
 */
export function lockOpenFile(fd: number): boolean {
  return tryLock(fd);
}

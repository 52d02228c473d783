import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppConfig } from '../../config/index.js';
import { FileLock, readLockHolder } from '../../shared/file-lock.js';
import type { ProcessRole } from './process-info.js';
import { StartRefused } from './start-refused.js';

/** A process that is dying has the file open for a moment longer than others can see it. */
const PATIENCE_MS = 1_000;
const POLL_MS = 50;

/**
 * One API and one worker for each data folder: two would append to the same open segment, and each start cuts back what
 * the other one wrote. Taken before anything in the folder is read, made or cut, and kept to the end of the process.
 *
 * @throws StartRefused naming who has it
 */
export async function lockDataFolder(config: AppConfig, role: ProcessRole): Promise<FileLock> {
  const path = config.inData('locks', `${role}.lock`);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const lock = FileLock.tryTake(path);
    if (lock) return lock;
    if (performance.now() > deadline) throw new StartRefused(refusalOf(config, role, path));
    await sleep(POLL_MS);
  }
}

function refusalOf(config: AppConfig, role: ProcessRole, path: string): string {
  const holder = readLockHolder(path);
  const who = holder
    ? ` (process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}, since ${holder.since})`
    : '';
  return (
    `another ${role} process${who} already works on the data folder ${config.dataDir}; ` +
    'stop it first, or give this one a folder of its own with TIDEWATER_DATA'
  );
}

import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, findProcess, isSameProcess } from '../process-identity.js';

/** How long each of the signals has to work before the next, harder one is sent. */
const timeoutMs = 8_000;

/**
 * Stops the PostgreSQL that a killed launcher left running on `folder`, if there is one: fast, then immediate, then
 * killed. Whoever calls this holds the lock of the data folder, so nobody can be using it. Resolves to the pid stopped,
 * null when there was none. @throws Error when it outlives all three.
 */
export async function stopLeftover(folder: string): Promise<number | null> {
  const pid = postmasterPid(folder);
  const leftover = pid === null ? null : findProcess(pid);
  if (leftover === null || !isPostgresOf(leftover.pid, folder)) return null;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signalIfAlive(leftover.pid, signal);
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const now = findProcess(leftover.pid);
      if (now === null || !isSameProcess(now, leftover)) return leftover.pid;
      await sleep(20);
    }
  }
  throw new Error(
    `A PostgreSQL from an earlier run (pid ${leftover.pid}) still holds ${folder} and does not end; end it by hand.`,
  );
}

/** postmaster.pid outlives a crash, and its number may since belong to a stranger: the folder must agree too. */
function isPostgresOf(pid: number, folder: string): boolean {
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
    } catch {
      // Not ours to look into: fall back to the name.
    }
  }
  return commandOf(pid)?.includes('postgres') ?? false;
}

/** A process that has gone meanwhile is what was wanted. */
function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The first line of postmaster.pid is the process number (PostgreSQL documentation, "Server File Layout"). */
function postmasterPid(folder: string): number | null {
  try {
    return Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return null;
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../stories/support/platform.js';
import type { Disk } from './disk.js';
import type { Log } from './log.js';
import type { Fault, Victim } from './plan.js';

/** How long a "fast" stop of PostgreSQL may take. */
const STOP_MS = 5_000;

/** Kills, stops and starts what the plan says, and undoes what can be undone. */
export class Faults {
  private readonly platform: Platform;
  private readonly disk: Disk;
  private readonly clockFile: string;
  private readonly log: Log;
  private readonly stopped = new Set<number>();
  private readonly shifts = { api: 0, worker: 0 };
  private diskIsFull = false;
  /** The platform has to be started again before the round can end. */
  private ended = false;
  /** The orderly stop that is under way. */
  private ending: Promise<number | null> = Promise.resolve(null);

  constructor(platform: Platform, disk: Disk, clockFile: string, log: Log) {
    this.platform = platform;
    this.disk = disk;
    this.clockFile = clockFile;
    this.log = log;
    this.writeClock();
  }

  /** Resolves when the fault is over; what it killed may still be on its way back. */
  async run(fault: Fault): Promise<void> {
    const said = await this.dispatch(fault);
    this.log.write(`fault-${fault.what}`, { ...fault, ...said });
  }

  private async dispatch(fault: Fault): Promise<object> {
    switch (fault.what) {
      case 'kill': {
        const pid = this.pidOf(fault.victim, fault.pick);
        if (fault.victim === 'launcher' || fault.victim === 'npm') this.ended = true;
        return { pid, hit: signal(pid, 'SIGKILL') };
      }
      case 'stop': {
        const pid = this.pidOf(fault.victim, fault.pick);
        const hit = signal(pid, 'SIGSTOP');
        if (hit && pid !== undefined) this.stopped.add(pid);
        await sleep(fault.ms);
        signal(pid, 'SIGCONT');
        if (pid !== undefined) this.stopped.delete(pid);
        return { pid, hit };
      }
      case 'hang-database': {
        const pids = this.hangDatabase();
        await sleep(fault.ms);
        for (const pid of pids) {
          signal(pid, 'SIGCONT');
          this.stopped.delete(pid);
        }
        return { pids: pids.length };
      }
      case 'full-disk':
        this.diskIsFull = true;
        await this.disk.fill(fault.leave, this.writers());
        await sleep(fault.ms);
        await this.disk.clear(this.writers());
        this.diskIsFull = false;
        return { disk: this.disk.kind };
      case 'restart-database':
        return this.restartDatabase(fault.how);
      case 'cut-connections':
        return { cut: this.backends().filter((pid) => signal(pid, 'SIGTERM')).length };
      case 'clock':
        this.shifts[fault.of] = fault.by;
        this.writeClock();
        await sleep(fault.ms);
        this.shifts[fault.of] = 0;
        this.writeClock();
        return {};
      case 'restart':
        this.ended = true;
        // The launcher may be killed while it stops the others in order: then PostgreSQL stays, for the next start to end.
        this.ending = this.platform.stop().catch(() => null);
        return { stoppedInMs: await this.ending };
    }
  }

  /**
   * What pg_ctl sends: "fast" ends connections in order, "immediate" is a crash with a notice. PostgreSQL 18 never ends
   * when "fast" comes while it recovers from a backend's crash (its checkpointer and I/O workers stay): then, as by any
   * operator, the other follows.
   */
  private async restartDatabase(how: 'fast' | 'immediate'): Promise<object> {
    const pid = this.pidOf('postgres', 0);
    const hit = signal(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    const deadline = performance.now() + STOP_MS;
    while (hit && isRunning(pid) && performance.now() < deadline) await sleep(50);
    return { hit, forced: hit && isRunning(pid) && signal(pid, 'SIGQUIT') };
  }

  /** Everything that can be undone is, and the platform is ready. Returns the milliseconds that it took. */
  async recover(): Promise<number> {
    const begun = Date.now();
    await this.ending;
    for (const pid of this.stopped) signal(pid, 'SIGCONT');
    this.stopped.clear();
    this.shifts.api = this.shifts.worker = 0;
    this.writeClock();
    if (this.diskIsFull) await this.disk.clear(this.writers());
    this.diskIsFull = false;
    if (this.ended || this.platform.pidOf('launcher') === undefined) {
      this.ended = false;
      await this.platform.waitGone();
      await this.platform.start(120_000);
    } else {
      await this.platform.waitReady(90_000);
    }
    return Date.now() - begun;
  }

  /** Stops everything in order and starts it again. */
  async restart(): Promise<void> {
    await this.platform.stop();
    await this.platform.start(120_000);
  }

  private pidOf(victim: Victim, pick: number): number | undefined {
    if (victim === 'postgres') return this.postmaster();
    if (victim === 'backend') {
      const backends = this.backends();
      return backends[Math.floor(pick * backends.length)];
    }
    // The program of `npm start` that watches over the launcher.
    if (victim === 'npm') return parentOf(this.platform.pidOf('launcher'));
    return this.platform.pidOf(victim);
  }

  private postmaster(): number | undefined {
    try {
      return Number(readFileSync(path.join(this.platform.dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    } catch {
      return undefined;
    }
  }

  /** PostgreSQL, then all that it has started: nothing is started any more by then. Those that were hit. */
  private hangDatabase(): number[] {
    const postmaster = this.postmaster();
    const hit = signal(postmaster, 'SIGSTOP') && postmaster !== undefined ? [postmaster] : [];
    const started = hit.length === 0 ? [] : processes().filter(({ parent }) => parent === postmaster);
    hit.push(...started.flatMap(({ pid }) => (signal(pid, 'SIGSTOP') ? [pid] : [])));
    for (const pid of hit) this.stopped.add(pid);
    return hit;
  }

  /** The processes of PostgreSQL that serve a connection. */
  private backends(): number[] {
    const postmaster = this.postmaster();
    return processes().flatMap(({ pid, parent, args }) =>
      parent === postmaster && /^postgres: \w+ \w+ 127\.0\.0\.1/.test(args) ? [pid] : [],
    );
  }

  private writers(): number[] {
    return (['api', 'worker'] as const).flatMap((part) => this.platform.pidOf(part) ?? []);
  }

  private writeClock(): void {
    writeFileSync(this.clockFile, JSON.stringify(this.shifts));
  }
}

/** Whether there was somebody to get it. */
function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1) return false;
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function isRunning(pid: number | undefined): boolean {
  return processes().some((one) => one.pid === pid && /postgres/.test(one.args));
}

function processes(): { pid: number; parent: number; args: string }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { maxBuffer: 64 * 1024 ** 2 })
    .toString()
    .split('\n');
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3] ?? '' }] : [];
  });
}

function parentOf(pid: number | undefined): number | undefined {
  return processes().find((one) => one.pid === pid)?.parent;
}

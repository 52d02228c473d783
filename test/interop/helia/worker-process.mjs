// The worker of a platform, which runs its IPFS node, as the operating system sees it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Its process id: a descendant of `npm start`. */
export function workerOf(platform) {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const processes = lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter(Boolean)
    .map(([, pid, parent, args]) => ({ pid: Number(pid), parent: Number(parent), args }));
  const family = new Set([platform.pid]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  const worker = processes.find(({ pid, args }) => family.has(pid) && /dist\/worker\.js/.test(args));
  if (!worker) throw new Error('no worker process is to be seen');
  return worker.pid;
}

/** The most memory that it ever had resident, in MiB; undefined where the system does not say. */
export function peakMemory(pid) {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
  } catch {
    return undefined;
  }
}

import { hostname } from 'node:os';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import { NodeIdentity } from '../process/node-identity.js';
import { ProcessInfo } from '../process/process-info.js';
import { WriterFence } from '../process/writer-fence.js';
import { HealthChecks } from './health-checks.js';
import { ProcessRecords, type ProcessRecord } from './process-records.js';

/** A worker that said nothing for so long is down: five heartbeats. */
const STALE_MS = 10_000;
/** Whoever asks more often gets what the last probe found: /ready is open to everybody. */
const PROBE_EVERY_MS = 500;

/** The body of GET /ready. */
export interface ReadinessReport {
  ready: boolean;
  /** What is down and why, empty when all works. */
  down: { name: string; detail: string }[];
  checks: Record<string, 'ok' | 'down'>;
}

/** Whether all works: this process's checks, and in the API the word of this node's worker for its own. */
@Injectable()
export class Readiness implements OnModuleInit {
  private since: Date | undefined;
  private probed: { at: number; done: Promise<void> } | undefined;

  constructor(
    private readonly info: ProcessInfo,
    private readonly node: NodeIdentity,
    private readonly checks: HealthChecks,
    private readonly records: ProcessRecords,
    private readonly fence: WriterFence,
  ) {}

  /** In the API also remembers the database's time: a worker's record from before our start proves nothing. */
  async onModuleInit(): Promise<void> {
    this.checks.register('database', () => this.probe());
    this.checks.register('writer', async () => this.fence.assertHeld());
    if (this.info.role === 'api') {
      this.since = await this.records.now();
      this.checks.register('worker', () => this.checkWorker());
    }
  }

  /** Runs every check. Never rejects. */
  async run(): Promise<ReadinessReport> {
    const results = await this.checks.run();
    const down = results.filter(({ ok }) => !ok).map(({ name, detail }) => ({ name, detail: detail ?? '' }));
    return {
      ready: down.length === 0,
      down,
      checks: Object.fromEntries(results.map(({ name, ok }) => [name, ok ? 'ok' : 'down'])),
    };
  }

  /** A write, at most twice a second. */
  private probe(): Promise<void> {
    if (!this.probed || performance.now() - this.probed.at > PROBE_EVERY_MS) {
      const name = this.info.role === 'cli' ? 'cli' : this.node.processName(this.info.role);
      const done = this.records.probe(name);
      done.catch(() => undefined);
      this.probed = { at: performance.now(), done };
    }
    return this.probed.done;
  }

  /** @throws Error with what is wrong: no worker, silent, or its own faults. */
  private async checkWorker(): Promise<void> {
    const record = await this.records.find(this.node.processName('worker'), this.since ?? new Date(0));
    if (!record || !isAlive(record)) throw new Error('no living worker');
    if (record.ageMs > STALE_MS) throw new Error(`no heartbeat for ${Math.round(record.ageMs / 1000)} s`);
    if (record.details.ready !== true) throw new Error(faultsIn(record.details.down ?? null) || 'not ready');
  }
}

/**
 * A fresh record may be that of a worker that died a moment ago: on this machine the process must live, on others it
 * must have spoken since we started.
 */
function isAlive(record: ProcessRecord): boolean {
  if (record.details.host !== hostname()) return record.after;
  try {
    return process.kill(record.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** `devnet: connection refused; ipfs: not running` */
function faultsIn(down: Json): string {
  if (!Array.isArray(down)) return '';
  return down
    .map((entry) =>
      entry !== null && typeof entry === 'object' && !Array.isArray(entry)
        ? `${String(entry.name)}: ${String(entry.detail)}`
        : '',
    )
    .filter((text) => text !== '')
    .join('; ');
}

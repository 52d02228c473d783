import { hostname } from 'node:os';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { messageOf, type Json } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { NodeIdentity } from '../process/node-identity.js';
import { ProcessInfo } from '../process/process-info.js';
import { HealthChecks } from './health-checks.js';
import { ProcessRecords } from './process-records.js';

/** Between two heartbeats while all is well. Others call a process dead after 10 s. */
const BEAT_MS = 2_000;
/** While something is down somebody waits for it: say soon when it is up. */
const ANXIOUS_MS = 250;

/**
 * Tells the other processes, every two seconds, that this one lives, whether it is ready, and what it has to say of
 * itself.
 */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly described: Record<string, Json> = { host: hostname() };
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();
  private stopped = false;
  private silent = false;

  constructor(
    private readonly info: ProcessInfo,
    private readonly node: NodeIdentity,
    private readonly records: ProcessRecords,
    private readonly checks: HealthChecks,
    private readonly logger: AppLogger,
  ) {}

  /** Adds to the record, for others to read: `describe('peerId', ...)`, `describe('addresses', [...])`. */
  describe(key: string, value: Json): void {
    this.described[key] = value;
  }

  /** Begins when everything has started. Commands (`cli`) leave no heartbeat. */
  onApplicationBootstrap(): void {
    if (this.info.role !== 'cli') this.next(0);
  }

  /** The last record says that the process shuts down, so that the API is not ready for the rest of it. */
  async onModuleDestroy(): Promise<void> {
    if (this.info.role === 'cli' || this.stopped) return;
    this.stopped = true;
    clearTimeout(this.timer);
    await this.beating;
    await this.write({ ready: false, down: [{ name: 'process', detail: 'shutting down' }] });
  }

  private next(ms: number): void {
    this.timer = setTimeout(() => {
      this.beating = this.beat().then((ready) => {
        if (!this.stopped) this.next(ready ? BEAT_MS : ANXIOUS_MS);
      });
    }, ms);
  }

  /** Whether everything works. */
  private async beat(): Promise<boolean> {
    const down = (await this.checks.run()).filter(({ ok }) => !ok);
    await this.write({
      ready: down.length === 0,
      down: down.map(({ name, detail }) => ({ name, detail: detail ?? '' })),
    });
    return down.length === 0;
  }

  /** Never rejects: a database that is away is said once in the log, not every two seconds. */
  private async write(state: Record<string, Json>): Promise<void> {
    const { role } = this.info;
    if (role === 'cli') return;
    try {
      await this.records.beat(this.node.processName(role), process.pid, { ...this.described, ...state });
      this.silent = false;
    } catch (error) {
      if (!this.silent) this.logger.warn({ error: messageOf(error) }, 'no heartbeat: the database does not answer');
      this.silent = true;
    }
  }
}

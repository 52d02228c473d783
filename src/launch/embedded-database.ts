import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { persistentSecret } from './data-folder.js';
import type { PortRegistry } from './port-registry.js';
import type { LogFile } from './log-file.js';
import { ensureDatabase } from './migrations.js';
import { PostgresCluster } from './postgres/cluster.js';

const longestPauseMs = 10_000;

/** The PostgreSQL in the data folder: started, kept running, stopped. */
export class EmbeddedDatabase {
  private cluster: PostgresCluster | null = null;
  private stopping = false;
  private readonly folder: string;
  private readonly ports: PortRegistry;
  private readonly log: LogFile;
  private readonly say: (line: string) => void;

  constructor(folder: string, ports: PortRegistry, log: LogFile, say: (line: string) => void) {
    this.folder = folder;
    this.ports = ports;
    this.log = log;
    this.say = say;
  }

  /** Resolves to the URL of the platform's database. */
  async start(): Promise<string> {
    const [port = 0] = await this.ports.choose(['postgres']);
    const cluster = new PostgresCluster({
      folder: join(this.folder, 'postgres'),
      port,
      password: persistentSecret(join(this.folder, 'postgres.password')),
      onLine: (line) => this.log.write(`${line}\n`),
    });
    this.cluster = cluster;
    await cluster.start();
    this.watch(cluster);
    await ensureDatabase(cluster.url());
    return cluster.url();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    await this.cluster?.stop(deadlineMs);
  }

  /** The others reconnect by themselves, so it comes back on the same port. */
  private watch(cluster: PostgresCluster): void {
    cluster.onUnexpectedEnd((code, signal) => {
      if (this.stopping) return;
      this.say(`PostgreSQL ended unexpectedly (${signal ?? `exit code ${code ?? 'unknown'}`}); starting it again`);
      void this.revive(cluster);
    });
  }

  private async revive(cluster: PostgresCluster): Promise<void> {
    for (let pauseMs = 500; !this.stopping; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await sleep(pauseMs);
      try {
        if (this.stopping) return;
        await cluster.start();
        this.watch(cluster);
        this.say('PostgreSQL is back');
        return;
      } catch (error) {
        this.say(`PostgreSQL does not start: ${(error as Error).message}`);
      }
    }
  }
}

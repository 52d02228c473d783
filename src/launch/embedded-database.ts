import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPLICATION_ROLE, type ApplicationRole } from './application-role.js';
import { persistentSecret } from './data-folder.js';
import type { PortRegistry } from './port-registry.js';
import type { LogFile } from './log-file.js';
import { ensureDatabase } from './migrations.js';
import { PostgresCluster } from './postgres/cluster.js';
import { type ShutdownTimeouts, watchForStuckShutdown } from './postgres/stuck-shutdown.js';

/** Between two tries to start PostgreSQL again; the first comes after 500 ms, then each pause doubles. */
const longestPauseMs = 10_000;

/** How to get in: as the owner of the tables, who migrates them, and as the application. Passwords included. */
export interface DatabaseAccess {
  ownerUrl: string;
  url: string;
  /** To be granted its rights, when it is another than the owner. */
  role: ApplicationRole | null;
}

/** The PostgreSQL in the data folder: started, kept running, stopped. */
export class EmbeddedDatabase {
  private cluster: PostgresCluster | null = null;
  private stopping = false;
  private endWatch = (): void => undefined;
  private readonly folder: string;
  private readonly ports: PortRegistry;
  private readonly log: LogFile;
  private readonly say: (line: string) => void;
  private readonly timeouts: ShutdownTimeouts | undefined;

  /** `timeouts`: of a shutdown that somebody else has begun. */
  constructor(
    folder: string,
    ports: PortRegistry,
    log: LogFile,
    say: (line: string) => void,
    timeouts?: ShutdownTimeouts,
  ) {
    this.folder = folder;
    this.ports = ports;
    this.log = log;
    this.say = say;
    this.timeouts = timeouts;
  }

  /**
   * Starts PostgreSQL on the port that it had last time, if that is free, and makes the database when it is missing.
   * Resolves to its URLs. From then on PostgreSQL is started again whenever it ends
   * unasked.
   *
   * @throws NoEmbeddedPostgres, PostgresFailed, CannotLeaveRoot
   */
  async start(): Promise<DatabaseAccess> {
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
    const role = { name: APPLICATION_ROLE, password: persistentSecret(join(this.folder, 'postgres-app.password')) };
    return { ownerUrl: cluster.url(), url: cluster.url('tidewater', role), role };
  }

  /**
   * Stops PostgreSQL, at once and without mercy after `deadlineMs`, and starts it no more. Harmless when it does not
   * run.
   */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    this.endWatch();
    await this.cluster?.stop(deadlineMs);
  }

  /** The others reconnect by themselves, so it comes back on the same port. */
  private watch(cluster: PostgresCluster): void {
    this.endWatch = watchForStuckShutdown(
      cluster.url('postgres'),
      () => {
        if (this.stopping) return;
        this.say('PostgreSQL was told to end and does not come to it; ending it now');
        cluster.endNow();
      },
      this.timeouts,
    );
    cluster.onUnexpectedEnd((code, signal) => {
      this.endWatch();
      if (this.stopping) return;
      this.say(`PostgreSQL ended unexpectedly (${signal ?? `exit code ${code ?? 'unknown'}`}); starting it again`);
      void this.revive(cluster);
    });
  }

  /** Tries until it runs or stop() was called; never gives up by itself. */
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

import { Inject, Injectable, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import pg from 'pg';
import { AppConfig } from '../../config/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { connectionOptions, Database, execute, type StatementRunner } from '../prisma/index.js';
import { Notifications } from './notifications.js';
import { NOTIFY } from './notifications.sql.js';

/** After the connection was lost; subscribers poll meanwhile. */
const RECONNECT_MS = 1_000;
/** At most one NOTIFY of a channel in this time, and one more at its end if it was asked for meanwhile. */
const NOTIFY_EVERY_MS = 100;

/** One connection per process that listens on every channel somebody subscribed to; none as long as nobody did. */
@Injectable()
export class PostgresNotifications extends Notifications implements OnModuleDestroy, OnApplicationShutdown {
  private readonly channels = new Map<string, Set<{ wake: () => void }>>();
  /** Channels notified within the last moment, and whether they were again since. */
  private readonly resting = new Map<string, boolean>();
  private readonly stopping = new AbortController();
  private client: pg.Client | undefined;
  private listening: Promise<void> | undefined;

  constructor(
    private readonly config: AppConfig,
    @Inject(Database) private readonly database: StatementRunner,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {
    super();
  }

  /**
   * `wake` is also called once the channel is listened to, and after each reconnection: what came before may be lost.
   * It must not throw. The answer ends the subscription. @throws Error for text that cannot be a channel's name
   */
  subscribe(channel: string, wake: () => void): () => void {
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(channel)) throw new Error(`${channel} is no name of a channel`);
    const subscriber = { wake };
    this.channels.set(channel, (this.channels.get(channel) ?? new Set()).add(subscriber));
    // A connection that is not there yet finds the channel in the map.
    this.client?.query(`LISTEN ${channel}`).then(wake, () => undefined);
    this.listening ??= this.run();
    return () => {
      this.channels.get(channel)?.delete(subscriber);
    };
  }

  /** Returns at once and never fails; at most ten times a second for one channel, the last one is never swallowed. */
  notify(channel: string): void {
    const resting = this.resting.has(channel);
    this.resting.set(channel, resting);
    if (resting) return;
    // Unreferenced: what is lost with the process was a courtesy.
    setTimeout(() => {
      const again = this.resting.get(channel);
      this.resting.delete(channel);
      if (again) this.notify(channel);
    }, NOTIFY_EVERY_MS).unref();
    execute(this.database, NOTIFY, [channel]).catch(() => undefined);
  }

  /** No new connection is made. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Ends the connection. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.client?.end().catch(() => undefined);
    await this.listening;
  }

  /** Connects again until the process goes down. */
  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.listen().catch((error: unknown) => {
        if (!this.stopping.signal.aborted)
          this.logger.warn({ error: messageOf(error) }, 'not listening for notifications; polling');
      });
      await this.clock.sleep(RECONNECT_MS, this.stopping.signal).catch(() => undefined);
    }
  }

  /** Resolves when the connection ended. @throws when there was none. */
  private async listen(): Promise<void> {
    const client = new pg.Client(connectionOptions(this.config, 'tidewater-notifications'));
    client.on('error', () => undefined);
    client.on('notification', ({ channel }) => this.wake(channel));
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    try {
      await client.connect();
      this.client = client;
      for (const channel of [...this.channels.keys()]) {
        await client.query(`LISTEN ${channel}`);
        this.wake(channel);
      }
      if (!this.stopping.signal.aborted) await ended;
    } finally {
      this.client = undefined;
      client.end().catch(() => undefined);
    }
  }

  private wake(channel: string): void {
    for (const { wake } of this.channels.get(channel) ?? []) wake();
  }
}

import pg from 'pg';

const RECONNECT_MS = 1_000;

/**
 * Hears what the database announces on one channel (NOTIFY), on a connection of its own. What is sent while the
 * connection is broken is lost: whoever listens also looks from time to time.
 */
export class NotificationListener {
  private client: pg.Client | undefined;
  private stopped = false;

  constructor(
    private readonly options: {
      databaseUrl: string;
      /** A plain word. */
      channel: string;
      /** Shown by the server for this connection. */
      application: string;
      heard: () => void;
      /** Not connected; tried again in a second. */
      failed: (error: unknown) => void;
    },
  ) {}

  /** Connects, and connects again whenever the connection ends. Does not wait for it. */
  start(): void {
    void this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    const { databaseUrl, channel, application, heard, failed } = this.options;
    const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true, application_name: application });
    client.on('error', () => undefined);
    client.on('end', () => {
      if (this.client === client) this.client = undefined;
      if (!this.stopped) setTimeout(() => void this.connect(), RECONNECT_MS).unref();
    });
    client.on('notification', heard);
    this.client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      // What was sent before.
      heard();
    } catch (error) {
      failed(error);
      client.end().catch(() => undefined);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { AppConfig } from '../../config/index.js';
import { messageOf } from '../../shared/index.js';
import { StartRefused } from '../process/start-refused.js';
import { WriterFence } from '../process/writer-fence.js';
import { DatabaseClock } from './database-clock.js';
import { connectionOptions } from './connection-options.js';
import { READ_EPOCH, TAKE_EPOCH, TRY_LOCK } from './writer-session.sql.js';

/** A process that died a moment ago may still have a session at the server. */
const START_PATIENCE_MS = 5_000;
const RETRY_MS = 250;
/** How often the server is asked whether the name is still ours, and what time it is. */
const CONFIRM_MS = 1_000;
/** Without an answer for so long it is not. */
const TRUST_MS = 20_000;

/** What the session tells whoever started it. */
export interface WriterEvents {
  /** The name is not known to be ours; nothing is acknowledged from here on. */
  lost(why: string): void;
  /** It is again, and nobody had it meanwhile. */
  regained(): void;
  /** Somebody else had it: this process has to end, because its open CARs may have been cut back. */
  replaced(message: string): void;
}

/**
 * The lock of a node's process in the database: a session lock (an advisory lock of PostgreSQL) on a connection of its
 * own, kept for life. The lock of the data folder keeps out a second process on the same files; this one keeps out the
 * same node with a copy of the folder on another machine.
 *
 * Taking it raises the epoch in the row of `processes`. A session that was lost is made again; the epoch then proves
 * whether somebody had the name in between.
 */
export class WriterSession extends WriterFence {
  epoch = 0n;
  /** The database's time, read with each confirmation. */
  readonly clock = new DatabaseClock();
  private client: pg.Client | null = null;
  private confirmedAt = 0;
  private ended = false;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly config: AppConfig,
    private readonly name: string,
    private readonly events: WriterEvents,
  ) {
    super();
  }

  /**
   * @param name `<node id>/<role>`
   * @throws StartRefused while another process has the name; the driver's error when the database cannot be reached
   */
  static async take(config: AppConfig, name: string, events: WriterEvents): Promise<WriterSession> {
    const session = new WriterSession(config, name, events);
    const deadline = performance.now() + START_PATIENCE_MS;
    for (;;) {
      const client = await session.connect();
      if (await isLocked(client, name)) {
        const { rows } = await client.query<{ epoch: string }>(TAKE_EPOCH, [name, process.pid]);
        session.epoch = BigInt(rows[0]?.epoch ?? 0);
        await session.epochIn(client);
        session.hold(client);
        return session;
      }
      await client.end().catch(() => undefined);
      if (performance.now() > deadline) throw new StartRefused(refusalOf(name));
      await sleep(RETRY_MS);
    }
  }

  /** The connection that has the lock stands, and answered within the last 20 seconds. Asks nobody. */
  get held(): boolean {
    return this.client !== null && performance.now() - this.confirmedAt < TRUST_MS;
  }

  /** Lets go. The last act of a process. */
  async close(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...connectionOptions(this.config, 'tidewater-writer'), query_timeout: TRUST_MS });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private hold(client: pg.Client): void {
    this.client = client;
    this.confirmedAt = performance.now();
    client.once('end', () => this.lose(client, 'its connection ended'));
    this.timer = setTimeout(() => void this.confirm(client), CONFIRM_MS);
    this.timer.unref();
  }

  /** The connection answers, so the lock is there; the epoch tells whether a pooler in between made two of one. */
  private async confirm(client: pg.Client): Promise<void> {
    try {
      const asked = performance.now();
      const epoch = await this.epochIn(client);
      if (this.client !== client) return;
      if (epoch !== this.epoch) return this.giveUp();
      this.confirmedAt = asked;
      this.timer = setTimeout(() => void this.confirm(client), CONFIRM_MS);
      this.timer.unref();
    } catch (error) {
      this.lose(client, messageOf(error));
    }
  }

  private lose(client: pg.Client, why: string): void {
    if (this.client !== client || this.ended) return;
    this.client = null;
    clearTimeout(this.timer);
    client.end().catch(() => undefined);
    this.events.lost(why);
    void this.regain();
  }

  /** Tries without end: a database that is away comes back, a rival may have been a mistake. */
  private async regain(): Promise<void> {
    while (!this.ended) {
      const client = await this.connect().catch(() => null);
      const state = client && (await this.stateOn(client).catch(() => null));
      if (client && state?.locked && state.epoch === this.epoch && !this.ended) {
        this.hold(client);
        this.events.regained();
        return;
      }
      client?.end().catch(() => undefined);
      if (state && state.epoch !== this.epoch) return this.giveUp();
      await sleep(RETRY_MS, undefined, { ref: false });
    }
  }

  /** The lock first: an epoch that was read before it could be raised before the lock is ours. */
  private async stateOn(client: pg.Client): Promise<{ locked: boolean; epoch: bigint }> {
    const locked = await isLocked(client, this.name);
    return { locked, epoch: await this.epochIn(client) };
  }

  /** -1 when the row is gone, which is a change as any other. */
  private async epochIn(client: pg.Client): Promise<bigint> {
    const asked = this.clock.monotonicMs();
    const [row] = (await client.query<{ epoch: string; ms: number }>(READ_EPOCH, [this.name])).rows;
    if (row) this.clock.heard(row.ms, asked);
    return BigInt(row?.epoch ?? -1);
  }

  private giveUp(): void {
    if (this.ended) return;
    this.ended = true;
    const { client } = this;
    this.client = null;
    client?.end().catch(() => undefined);
    this.events.replaced(
      `another process took over ${this.name} in the database while this one was cut off; ` +
        `this one ends, because two may not write for one node`,
    );
  }
}

/** Takes the lock unless somebody else has it. */
async function isLocked(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [name]);
  return rows[0]?.locked ?? false;
}

function refusalOf(name: string): string {
  return (
    `another process writes as ${name} in this database, on this machine or another with a copy of the data folder; ` +
    'stop it first, or give this folder a name of its own (the file node-id) if it is a node of its own'
  );
}

import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { cancelStatement } from './cancel-statement.js';
import { IDLE_SESSIONS } from './server-watch.sql.js';
import { deadlineOf } from './statement-deadline.js';

/** Time is counted in turns of the event loop: a process that was stopped itself does not blame the server. */
const TURN_MS = 500;
/** A question unanswered for so many turns, and no other one answered: is the server there? */
const SUSPECT_TURNS = 6;
/** A new connection to find out, and for so long no answer to anybody: the server is silent. */
const PROBE_TURNS = 8;
/** A question unanswered for so many turns, while others are answered: did its session take it? */
const STUCK_TURNS = 8;
/** By the server's count: less than those turns, for a session that was idle until it was asked. */
const IDLE_SECONDS = 3;
/** An open question is looked at again after so many turns at the latest: a minute. */
const MOST_TURNS = 120;
const INSPECTION_MS = 5_000;
/** While the server is silent. Whoever tries again at once, without end, must leave all others their turn. */
const REFUSED_AFTER_MS = 100;
/** Nobody there said it: there is no way to the server's machine. */
const NO_WAY = /^(EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** What the watch knows of a connection. */
interface Watched {
  /** The turn in which it was asked what it has not answered; null: it owes nothing. */
  askedAt: number | null;
  /** The turn after which nobody waits for that any more; null: nobody said how long (statement-deadline.ts). */
  waitedForUntil: number | null;
  /** Who serves it there, once it stands. */
  session(): { pid: number; port: number } | null;
  /** Ends it without a word to the server. Its questions fail, pools make a new one. */
  cut(): void;
  /** The same, and the server is told that nobody waits for what it does. */
  giveUp(): void;
}

/**
 * Finds out that a database server hangs: it takes connections and statements (or the network swallows them), and never
 * answers. Within 7.5 s of the first unanswered question all connections are cut, so what waits for them fails with
 * `databaseFailure` knows; from then on new ones are refused at once, until a probe is answered. So nobody waits for
 * statement timeouts, which a server that hangs does not keep, and nothing piles up.
 *
 * A server that answers anything to anybody is not silent, however long one statement takes. One whose port refuses
 * connections answers, too: drivers know what that means. Where others are answered and one is not, the server is asked:
 * a session that it believes idle although it was asked something hangs by itself, and its connection alone is cut.
 *
 * One that hangs in the middle of a statement is, to the server, at work, and cannot be told from it. So whoever asks
 * says how long it waits: what is not answered by then is given up, and its connection with it.
 */
export class ServerWatch {
  /** One connection class per watch: pools make their connections of it (`Client` of their options). */
  readonly Client: typeof pg.Client;
  private readonly connections = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;
  private answeredAt = 0;
  /** Open questions are not looked at before this turn. */
  private inspectAt = 0;
  private probe: { client: pg.Client; begunAt: number } | null = null;
  private isSilent = false;

  constructor(private readonly probeOptions: pg.ClientConfig) {
    this.Client = watchedClient(this);
  }

  /** Whether the server gave no answer for so long that nobody waits for one. */
  get silent(): boolean {
    return this.isSilent;
  }

  /** Looks after a connection until it is removed. */
  add(connection: Watched): void {
    this.connections.add(connection);
    // Unreferenced: a watch keeps no process alive.
    this.timer ??= setInterval(() => this.look(), TURN_MS).unref();
  }

  /** Idempotent. With the last one the watch stops, unless it waits for a silent server to answer. */
  remove(connection: Watched): void {
    this.connections.delete(connection);
    if (this.connections.size === 0 && !this.isSilent) this.stop();
  }

  /** Looks no more: the last connection has gone, or the process goes down. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.endProbe();
  }

  /** The turn that counts for what is asked now. */
  now(): number {
    return this.turn;
  }

  /** The turn in which so many milliseconds have gone by. */
  after(milliseconds: number): number {
    return this.turn + Math.ceil(milliseconds / TURN_MS);
  }

  /** The server need not go on with what it does for this connection. */
  cancel(client: pg.Client): void {
    if (!this.isSilent) cancelStatement(client, this.probeOptions);
  }

  /** The server said something to somebody. */
  answered(): void {
    this.answeredAt = this.turn;
    this.isSilent = false;
    this.endProbe();
  }

  /** As a socket says it that waited in vain: so our own seam and Prisma's adapter both know it (database-failure.ts). */
  refusal(): Error {
    return Object.assign(new Error('the database gives no answer'), {
      code: 'ETIMEDOUT',
      errno: -constants.errno.ETIMEDOUT,
      syscall: 'connect',
    });
  }

  private look(): void {
    this.turn += 1;
    if (this.probe === null) {
      if (this.isSilent || this.isSuspect()) this.ask();
    } else if (this.turn - this.probe.begunAt >= PROBE_TURNS) {
      this.giveUp();
    }
    for (const connection of [...this.connections])
      if (connection.waitedForUntil !== null && connection.waitedForUntil < this.turn) connection.giveUp();
    const overdue = this.overdue(STUCK_TURNS);
    if (overdue.length > 0 && !this.isSilent && this.turn >= this.inspectAt) {
      // A statement that takes its time is looked at more and more seldom.
      const oldest = Math.min(...overdue.map(({ askedAt }) => askedAt ?? this.turn));
      this.inspectAt = this.turn + Math.max(STUCK_TURNS, Math.min(this.turn - oldest, MOST_TURNS));
      void this.inspect(overdue);
    }
  }

  /** Cuts those whose session at the server never took what it was asked. Never rejects. */
  private async inspect(overdue: readonly Watched[]): Promise<void> {
    const asked = overdue.map((connection) => ({ connection, askedAt: connection.askedAt, ...connection.session() }));
    const sessions = asked.filter(({ pid, port }) => pid !== undefined && port !== undefined);
    if (sessions.length === 0) return;
    const client = new pg.Client({ ...this.probeOptions, query_timeout: INSPECTION_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const values = [sessions.map(({ pid }) => pid), sessions.map(({ port }) => port), IDLE_SECONDS];
      const idle = new Set((await client.query<{ pid: number }>(IDLE_SESSIONS, values)).rows.map(({ pid }) => pid));
      for (const { connection, askedAt, pid } of sessions)
        // The same question is still open.
        if (pid !== undefined && idle.has(pid) && connection.askedAt === askedAt) connection.cut();
    } catch {
      // A server that cannot be asked now is the probe's business.
    } finally {
      client.end().catch(() => undefined);
    }
  }

  private giveUp(): void {
    this.isSilent = true;
    this.endProbe();
    for (const connection of [...this.connections]) connection.cut();
  }

  private isSuspect(): boolean {
    return this.answeredAt <= this.turn - SUSPECT_TURNS && this.overdue(SUSPECT_TURNS).length > 0;
  }

  /** Those that have owed an answer for so many turns. */
  private overdue(turns: number): Watched[] {
    return [...this.connections].filter(({ askedAt }) => askedAt !== null && askedAt <= this.turn - turns);
  }

  /** Any word is an answer: "too many connections" as well as a refused connection. */
  private ask(): void {
    const client = new pg.Client(this.probeOptions);
    this.probe = { client, begunAt: this.turn };
    const came = (error?: unknown): void => {
      if (this.probe?.client !== client) return;
      if (NO_WAY.test(String((error as { code?: unknown } | undefined)?.code))) this.giveUp();
      else this.answered();
    };
    client.on('error', came);
    client.connect().then(() => came(), came);
    streamOf(client).unref();
  }

  private endProbe(): void {
    const { probe } = this;
    this.probe = null;
    if (probe) streamOf(probe.client).destroy();
  }
}

/** As a socket says it that waited in vain for what it was to read. */
function unanswered(): Error {
  return Object.assign(new Error('the database did not answer in time'), {
    code: 'ETIMEDOUT',
    errno: -constants.errno.ETIMEDOUT,
    syscall: 'read',
  });
}

/** Connections that tell the watch what they ask, and what is answered. */
function watchedClient(watch: ServerWatch): typeof pg.Client {
  return class WatchedClient extends pg.Client {
    private readonly watched: Watched = {
      askedAt: null,
      waitedForUntil: null,
      session: () => sessionOf(this),
      cut: () => streamOf(this).destroy(),
      giveUp: () => {
        this.watched.waitedForUntil = null;
        watch.cancel(this);
        streamOf(this).destroy(unanswered());
      },
    };

    constructor(options?: string | pg.ClientConfig) {
      super(options);
      // One that breaks while nobody listens must not end the process; what was asked fails by itself.
      this.on('error', () => undefined);
      this.on('drain', () => this.heard());
      this.once('end', () => watch.remove(this.watched));
    }

    /** By a promise or a callback, as pools do it. */
    override connect(...given: unknown[]): never {
      const [callback] = given as [((error?: Error | null, ...rest: unknown[]) => void)?];
      if (watch.silent) {
        if (!callback) return delay(REFUSED_AFTER_MS).then(() => Promise.reject(watch.refusal())) as never;
        setTimeout(callback, REFUSED_AFTER_MS, watch.refusal());
        return undefined as never;
      }
      this.watched.askedAt = watch.now();
      watch.add(this.watched);
      const connect = super.connect as (...given: unknown[]) => unknown;
      // Heard before the first question: a pool asks it in the callback, and that is called before the event.
      if (!callback) return connect.call(this.once('connect', () => this.heard())) as never;
      return connect.call(this, (error?: Error | null, ...rest: unknown[]) => {
        if (!error) this.heard();
        callback(error, ...rest);
      }) as never;
    }

    override query(...given: unknown[]): never {
      this.watched.askedAt ??= watch.now();
      const deadlineMs = deadlineOf(given[0]);
      if (deadlineMs !== null)
        this.watched.waitedForUntil = Math.min(this.watched.waitedForUntil ?? Infinity, watch.after(deadlineMs));
      return (super.query as (...given: unknown[]) => unknown).apply(this, given) as never;
    }

    private heard(): void {
      this.watched.askedAt = null;
      this.watched.waitedForUntil = null;
      watch.answered();
    }
  };
}

/** Its process at the server, and the port by which that knows us; null before both are known. */
function sessionOf(client: pg.Client): { pid: number; port: number } | null {
  const { processID: pid } = client as unknown as { processID: number | null };
  const { localPort: port } = streamOf(client);
  return pid && port ? { pid, port } : null;
}

/** The types of the driver do not know the socket below. */
function streamOf(client: pg.Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

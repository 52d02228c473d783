import type pg from 'pg';
import type { AppConfig } from '../../config/index.js';
import { ServerWatch } from './server-watch.js';

/** Nobody waits longer for a connection, be it a new one or the next free one of a pool. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** What the server ends, it also has to say. */
const ANSWER_MS = 5_000;
/** A silent connection is probed after this long: a server that vanished without a word is found out. */
const KEEPALIVE_MS = 10_000;

/**
 * What all our connections have in common. Both ends probe a silent connection; the server ends statements, waits for
 * locks and transactions that stand idle after DATABASE_STATEMENT_TIMEOUT_SECONDS and DATABASE_LOCK_TIMEOUT_SECONDS:
 * one that hangs must not hold up everybody behind it.
 *
 * @param name what `pg_stat_activity` shows
 * @param settings more of them for the session, as `-c name=value`
 */
export function connectionOptions({ values }: AppConfig, name: string, ...settings: string[]): pg.ClientConfig {
  return {
    connectionString: values.DATABASE_URL,
    application_name: name,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: values.DATABASE_STATEMENT_TIMEOUT_SECONDS * 1000,
    // A server that hangs ends nothing by itself; pools find that out sooner (ServerWatch).
    query_timeout: values.DATABASE_STATEMENT_TIMEOUT_SECONDS * 1000 + ANSWER_MS,
    lock_timeout: values.DATABASE_LOCK_TIMEOUT_SECONDS * 1000,
    idle_in_transaction_session_timeout: values.DATABASE_STATEMENT_TIMEOUT_SECONDS * 1000,
    options: ['tcp_keepalives_idle=10', 'tcp_keepalives_interval=5', 'tcp_keepalives_count=3', ...settings]
      .map((setting) => `-c ${setting}`)
      .join(' '),
  };
}

const watches = new WeakMap<AppConfig, ServerWatch>();

/** What finds out that this database hangs: one for all pools of a process. */
export function watchOf(config: AppConfig): ServerWatch {
  const known = watches.get(config);
  if (known) return known;
  const watch = new ServerWatch(connectionOptions(config, 'tidewater-probe'));
  watches.set(config, watch);
  return watch;
}

/** `connectionOptions` for a pool, whose connections end when the server hangs. */
export function poolOptions(config: AppConfig, name: string, ...settings: string[]): pg.PoolConfig {
  // The types of the driver do not know the option.
  const watched = { Client: watchOf(config).Client };
  return { ...connectionOptions(config, name, ...settings), ...watched };
}

/** For a query that may take any time, the client's side of it. */
export const NO_QUERY_TIMEOUT = 2 ** 31 - 1;

/** A session that waits as long as it takes: for what is done once, by one process at a time. */
export const WITHOUT_TIMEOUTS = 'SET statement_timeout = 0; SET lock_timeout = 0';
export const WITH_TIMEOUTS = 'RESET statement_timeout; RESET lock_timeout';

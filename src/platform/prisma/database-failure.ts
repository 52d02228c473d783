import { DomainError } from '../../shared/index.js';

/**
 * The database does not answer, or not now: it is away, starting, read-only or full, a statement or the wait for a lock
 * took too long, two transactions were in each other's way. Whether a commit that was on its way happened is unknown.
 */
export class DatabaseUnavailable extends DomainError {
  readonly code = 'ERR_DATABASE_UNAVAILABLE';
  override readonly status = 503;
  override readonly retryable = true;
}

/** Clients and jobs come again after this long when the connection failed. */
const RETRY_AFTER_MS = 2_000;

/** SQLSTATEs (PostgreSQL documentation, Appendix A) after which there is no connection: class 08, and shutdowns. */
const CONNECTION_LOST = /^(08...|57P0[1-5]|53300|25P03)$/;
/**
 * Those that another try may not meet: out of resources, timeouts, deadlocks, read-only, locked out, a CAR that another
 * process has (commit-dags.sql), errors of the server's disk.
 */
const NOT_NOW = /^(53...|57014|55P03|55000|40001|40P01|25006|28000|28P01|3D000|58...)$/;
/** Of sockets (Node) and of connections (Prisma error reference: P1xxx; P2024 and P2028: no connection in time). */
const CONNECTION_CODES =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|P10(0[0-38]|1[017])|P2024|P2028)$/;
const NOT_NOW_CODES = /^P2034$/;
/** What Prisma's adapter for the driver calls them. */
const ADAPTER_KINDS =
  /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TlsConnectionError|TransactionAlreadyClosed|DatabaseDoesNotExist|DatabaseAccessDenied|AuthenticationFailed|TransactionWriteConflict)$/;
/** What the driver says without a code. */
const DRIVER_WORDS =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end)/;

/** So many causes are followed: an error may be its own. */
const DEEPEST = 6;

/** The failure by its name when that is what it is; null for any other error. */
export function databaseFailure(error: unknown): DatabaseUnavailable | null {
  let at = error;
  for (let depth = 0; depth < DEEPEST && typeof at === 'object' && at !== null; depth += 1) {
    if (at instanceof DatabaseUnavailable) return at;
    const kind = kindOf(at);
    if (kind)
      return new DatabaseUnavailable('the database does not answer now; try again', {
        cause: error,
        ...(kind === 'connection' ? { retryAfterMs: RETRY_AFTER_MS } : {}),
      });
    at = causeOf(at);
  }
  return null;
}

/** The error that a seam throws on in place of this one. */
export function named(error: unknown): unknown {
  return databaseFailure(error) ?? error;
}

function kindOf(error: object): 'connection' | 'not now' | null {
  const { code, originalCode, kind, message, name } = error as Record<string, unknown>;
  for (const text of [code, originalCode]) {
    if (typeof text !== 'string') continue;
    if (CONNECTION_LOST.test(text) || CONNECTION_CODES.test(text)) return 'connection';
    if (NOT_NOW.test(text) || NOT_NOW_CODES.test(text)) return 'not now';
  }
  if (typeof kind === 'string' && ADAPTER_KINDS.test(kind)) return 'connection';
  if (name === 'PrismaClientInitializationError') return 'connection';
  return typeof message === 'string' && DRIVER_WORDS.test(message) ? 'connection' : null;
}

/** Prisma puts the adapter's error into `meta`. */
function causeOf(error: object): unknown {
  const { cause, meta } = error as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
  return cause ?? meta?.driverAdapterError;
}

import pg from 'pg';

/** How often the server is asked, and how long it may go on shutting down. Milliseconds. */
export interface ShutdownTimeouts {
  everyMs: number;
  longestMs: number;
}

const usual: ShutdownTimeouts = { everyMs: 5_000, longestMs: 20_000 };

/**
 * Watches for a server that shuts down for ever. Somebody else told it to end, and one of its processes does not follow:
 * it is stopped, or the shutdown came while the server recovered from a crash. Such a server lives and refuses every
 * connection ("the database system is shutting down", SQLSTATE 57P03), so that nobody would start another one.
 *
 * Calls `onStuck` once, when it has said so for `longestMs` without a break. Answers what ends the watch; it does not
 * keep the process alive.
 */
export function watchForStuckShutdown(url: string, onStuck: () => void, timeouts = usual): () => void {
  let since: number | null = null;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const shuttingDown = await isShuttingDown(url, timeouts.everyMs);
    if (ended) return;
    since = shuttingDown ? (since ?? performance.now()) : null;
    if (since !== null && performance.now() - since >= timeouts.longestMs) return onStuck();
    wait();
  };
  const wait = (): void => {
    timer = setTimeout(() => void look(), timeouts.everyMs).unref();
  };

  wait();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** Whether the server refuses us for that reason; false for any other answer, and for none. */
async function isShuttingDown(url: string, timeoutMs: number): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    application_name: 'tidewater-watch',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return false;
  } catch (error) {
    return (error as { code?: string }).code === '57P03' && /shutting down/.test((error as Error).message);
  } finally {
    await client.end().catch(() => undefined);
  }
}

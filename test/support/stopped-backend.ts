import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { until } from './until.js';

/** Processes of the server that were stopped (SIGSTOP) in the middle of a statement; all others go on. */
export interface StoppedBackends {
  /** They go on where they were. Idempotent. */
  resume(): Promise<void>;
}

/**
 * Stops the processes of the statements that `ask` begins and that need this table, while they are at it: each is made
 * to wait for it and stopped as soon as it does, and when there are so many (of those that are meant) the table is free
 * for everybody else. Where the server is on another machine nobody can stop its processes: the table stays locked until
 * `resume`, and the statements wait all the same.
 */
export async function stopBackendsAt(
  url: string,
  table: string,
  ask: () => unknown,
  count = 1,
  isMeant: (query: string) => boolean = () => true,
): Promise<StoppedBackends> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const pids = new Set<number>();
  let isHere = true;
  let done = false;
  const resume = async (): Promise<void> => {
    if (done) return;
    done = true;
    if (isHere) for (const pid of pids) process.kill(pid, 'SIGCONT');
    else await client.end();
  };
  try {
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    ask();
    const stopThoseThatWait = async (): Promise<boolean> => {
      for (const { pid, query } of await waitingFor(client, table)) {
        if (pids.has(pid) || !isMeant(query)) continue;
        pids.add(pid);
        isHere &&= isPostgres(pid);
        if (isHere) process.kill(pid, 'SIGSTOP');
      }
      return pids.size >= count;
    };
    await until(stopThoseThatWait, { timeoutMs: 30_000, what: `${count} statements wait for ${table}` });
    if (!isHere) return { resume };
    await client.query('ROLLBACK');
    await client.end();
    return { resume };
  } catch (error) {
    await resume();
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function waitingFor(client: pg.Client, table: string): Promise<{ pid: number; query: string }[]> {
  // What others do is remembered to the end of a transaction otherwise.
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ pid: number; query: string }>(
    `SELECT l.pid, a.query FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE NOT l.granted AND l.relation = $1::regclass`,
    [table],
  );
  return rows;
}

function isPostgres(pid: number): boolean {
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)])
    .stdout.toString()
    .includes('postgres');
}

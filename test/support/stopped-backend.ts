import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { until } from './until.js';

/** Processes of the server that were stopped (SIGSTOP) in the middle of a statement; all others go on. */
export interface StoppedBackends {
  /** They go on where they were. Idempotent. */
  resume(): Promise<void>;
}

/**
 * Stops the processes of the statements that `ask` begins and that need this table, while they are at it: they are made
 * to wait for it until so many (of those that are meant) stand still, and then the table is free for everybody else. Where the server is on
 * another machine nobody can stop its processes: the table stays locked until `resume`, and the statements wait all the
 * same.
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
  try {
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    ask();
    const pids = await until(
      async () => {
        // What others do is remembered to the end of a transaction otherwise.
        await client.query('SELECT pg_stat_clear_snapshot()');
        const { rows } = await client.query<{ pid: number; query: string }>(
          `SELECT l.pid, a.query FROM pg_locks l JOIN pg_stat_activity a USING (pid)
           WHERE NOT l.granted AND l.relation = $1::regclass`,
          [table],
        );
        const meant = rows.filter(({ query }) => isMeant(query));
        return meant.length >= count ? meant.map(({ pid }) => pid) : null;
      },
      { timeoutMs: 30_000, what: `${count} statements wait for ${table}` },
    );
    return await stopped(client, pids);
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function stopped(client: pg.Client, pids: readonly number[]): Promise<StoppedBackends> {
  const isHere = pids.every((pid) =>
    spawnSync('ps', ['-o', 'args=', '-p', String(pid)])
      .stdout.toString()
      .includes('postgres'),
  );
  if (isHere) {
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await client.query('ROLLBACK');
    await client.end();
  }
  let done = false;
  const resume = async (): Promise<void> => {
    if (done) return;
    done = true;
    if (isHere) for (const pid of pids) process.kill(pid, 'SIGCONT');
    else await client.end();
  };
  return { resume };
}

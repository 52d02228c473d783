import type { PoolClient } from 'pg';
import type { SqlPool } from '../../platform/prisma/index.js';

/** Runs the work between BEGIN and COMMIT on one connection; rolls back when it throws. */
export async function inTransaction<T>(sql: SqlPool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await sql.pool.connect();
  let broken = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

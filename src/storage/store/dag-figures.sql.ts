import { sql } from '../../platform/prisma/index.js';

/** One row over all DAGs; blocks that several DAGs share count for each. Looks at every row. */
export const COUNT_BLOCKS = sql<{ blocks: bigint }, []>('SELECT coalesce(sum(blocks), 0)::bigint AS blocks FROM dags');

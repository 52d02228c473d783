import { sql } from '../../platform/prisma/index.js';

export const COUNT_BLOCKS = sql<{ blocks: bigint }, []>('SELECT coalesce(sum(blocks), 0)::bigint AS blocks FROM dags');

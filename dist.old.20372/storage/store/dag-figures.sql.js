import { sql } from '../../platform/prisma/index.js';
export const COUNT_BLOCKS = sql('SELECT coalesce(sum(blocks), 0)::bigint AS blocks FROM dags');

//# sourceMappingURL=dag-figures.sql.js.map

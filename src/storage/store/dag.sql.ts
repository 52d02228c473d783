import { sql } from '../../platform/prisma/index.js';

/** The row is the lock of everything that happens to the DAG. */
export const LOCK_DAG = sql<{ id: bigint; root: string }, [dagId: bigint]>(`SELECT id, root FROM lock_dag($1)`);
/** To the end of the transaction; no row, and no lock, for a root that is not hot. By the unique index on `root`. */
export const LOCK_HOT_DAG = sql<{ id: bigint }, [root: string]>(`SELECT id FROM lock_hot_dag($1)`);

/** With the number of the copy that a restored DAG gets. */
export const LOCK_DAG_FOR_COPY = sql<{ id: bigint; hot: boolean; next: number }, [root: string]>(`
SELECT id, hot, coalesce((SELECT max(copy) + 1 FROM runs WHERE dag_id = dags.id), 0)::int AS next
FROM dags WHERE root = $1 FOR UPDATE`);

/** In the order of their ids, as sealing does, and before their runs are touched. */
export const LOCK_CARS_OF = sql<{ id: string }, [dagId: bigint]>(`
SELECT id FROM cars WHERE id IN (SELECT car_id FROM runs WHERE dag_id = $1) ORDER BY id FOR UPDATE`);

/** Whether any DAG has runs in the CAR, and whether one of them is hot. */
export const CAR_USE = sql<{ used: boolean; hot: boolean }, [carId: string]>(`
SELECT EXISTS (SELECT FROM runs WHERE car_id = $1::uuid) AS used,
       EXISTS (SELECT FROM runs JOIN dags ON dags.id = runs.dag_id WHERE runs.car_id = $1::uuid AND dags.hot) AS hot`);

/** Runs of hot DAGs that overlap a stretch: a segment has tens of thousands of others, which stay in the database. */
export const HOT_RUNS_OVER = sql<{ offset: bigint; length: bigint }, [carId: string, from: number, to: number]>(`
SELECT runs."offset", runs.length FROM runs JOIN dags ON dags.id = runs.dag_id
WHERE runs.car_id = $1::uuid AND runs."offset" < $3::bigint AND runs."offset" + runs.length > $2::bigint AND dags.hot`);

/** Those of these roots that are hot, in no order; by the unique index on `root`. No locks. */
export const HOT_AMONG = sql<{ root: string; size: bigint }, [roots: readonly string[]]>(
  'SELECT root, size FROM dags WHERE root = ANY($1::text[]) AND hot',
);

/** In the order of the primary key, cold ones included. No locks. */
export const DAGS_PAGE = sql<{ id: bigint; root: string; hot: boolean }, [after: bigint, limit: number]>(
  'SELECT id, root, hot FROM dags WHERE id > $1 ORDER BY id LIMIT $2',
);

import { sql } from '../../platform/prisma/index.js';

/** A row of `stored_contents()` (content) with the CARs of its miners' copy. */
export interface ContentRow {
  id: bigint;
  cid: string;
  name: string;
  userId: string;
  size: bigint;
  type: string;
  state: string;
  profile: string;
  replication: number;
  createdAt: Date;
  updatedAt: Date;
  root: string;
  hot: boolean;
  cars: string[];
}

const CONTENTS = `
SELECT c.content_id AS id, c.cid, c.name, c.user_id::text AS "userId", c.size, c.type, c.state, c.profile, c.replication,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.root, c.hot,
  ARRAY(SELECT DISTINCT x.car_id::text FROM content_cars() x WHERE x.content_id = c.content_id) AS cars
FROM stored_contents() c`;

/** At most one row, with the CARs of its miners' copy; none for a content that is deleted. */
export const CONTENT = sql<ContentRow, [id: bigint]>(`${CONTENTS} WHERE c.content_id = $1`);

/** Newest first; those whose pieces have deals. `before`: older than this content. */
export const CONTENTS_WITH_DEALS = sql<
  ContentRow,
  [userId: string, before: bigint | null, limit: number, offset: number]
>(`${CONTENTS}
WHERE c.user_id = $1::uuid AND ($2::bigint IS NULL OR c.content_id < $2::bigint)
  AND EXISTS (SELECT 1 FROM content_cars() x JOIN deals d ON d.car_id = x.car_id WHERE x.content_id = c.content_id)
ORDER BY c.content_id DESC LIMIT $3::int OFFSET $4::int`);

/** Of one user, or of everybody. */
export const CONTENTS_OF_ROOT = sql<ContentRow, [root: string, userId: string | null, limit: number]>(`${CONTENTS}
WHERE c.root = $1 AND ($2::uuid IS NULL OR c.user_id = $2::uuid) ORDER BY c.content_id DESC LIMIT $3::int`);

/** Every piece replicated; largest first. */
export const OFFLOADABLE_CONTENTS = sql<ContentRow, [limit: number]>(`${CONTENTS}
WHERE c.state = 'stored' AND c.hot AND NOT EXISTS (
  SELECT 1 FROM content_cars() x LEFT JOIN pieces p ON p.car_id = x.car_id
  WHERE x.content_id = c.content_id AND p.state IS DISTINCT FROM 'replicated')
ORDER BY c.size DESC, c.content_id LIMIT $1::int`);

/** For each piece of these contents that is not shared by design: the most that one of them asks for, and of whom. */
export const REPLICATION_OF_CONTENTS = sql<
  { car_id: string; most: number; accounts: number },
  [contentIds: readonly bigint[]]
>(`
SELECT x.car_id::text, max(x.replication)::int AS most,
  (SELECT count(DISTINCT y.user_id)::int FROM content_cars() y WHERE y.car_id = x.car_id) AS accounts
FROM content_cars() x JOIN pieces p ON p.car_id = x.car_id AND NOT p.shared
WHERE x.content_id = ANY($1::bigint[]) GROUP BY x.car_id`);

/** The same for one CAR, over all of its contents; null without any. */
export const REPLICATION_OF_CAR = sql<{ most: number | null; accounts: number }, [carId: string]>(`
SELECT max(replication)::int AS most, count(DISTINCT user_id)::int AS accounts FROM content_cars() WHERE car_id = $1::uuid`);

/** Those of the CARs in which somebody else has a content, too. */
export const CARS_WITH_OTHERS = sql<{ car_id: string }, [carIds: readonly string[], userId: string]>(`
SELECT DISTINCT car_id::text FROM content_cars() WHERE car_id = ANY($1::uuid[]) AND user_id <> $2::uuid`);

/** Always one row. */
export const IS_DISCARDED = sql<{ discarded: boolean }, [carId: string]>(
  'SELECT EXISTS (SELECT FROM discarded_cars() g WHERE g.car_id = $1::uuid) AS discarded',
);

/** Every stretch of the miners' copy in the order of `seq`; no row for a root that is not stored. */
export const RUNS_OF_ROOT = sql<{ seq: number; carId: string; offset: bigint; length: bigint }, [root: string]>(`
SELECT l.seq, l.car_id::text AS "carId", l.run_offset AS offset, l.run_length AS length
FROM stored_dags() g JOIN dag_locations() l ON l.dag_id = g.dag_id WHERE g.root = $1 ORDER BY l.seq`);

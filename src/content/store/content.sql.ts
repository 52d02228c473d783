import { sql } from '../../platform/prisma/index.js';

/** Before any other lock: what the content's account stores, where that is counted. */
export const HOLD_USAGE_OF = sql<never, [contentId: bigint]>(
  'SELECT hold_usage(ARRAY(SELECT user_id FROM contents WHERE id = $1))',
);

/** The content, its timeline and what its account stores, at once. No row: there is no such content (any more). */
export const MOVE_TO_DELETED = sql<{ userId: string; cid: string }, [contentId: bigint]>(`
WITH old AS (SELECT id, state FROM contents WHERE id = $1 AND state <> 'deleted'),
     gone AS (UPDATE contents c SET state = 'deleted', deleted_at = now(), updated_at = now() FROM old WHERE c.id = old.id RETURNING c.user_id, c.cid, c.size),
     usage AS (UPDATE account_usage u SET bytes = u.bytes - gone.size, contents = u.contents - 1 FROM gone WHERE u.user_id = gone.user_id),
     move AS (INSERT INTO content_moves (content_id, "from", "to", cause) SELECT id, state, 'deleted', 'deleted by its owner' FROM old)
SELECT user_id AS "userId", cid FROM gone`);

/** A row for each content of a batch; content_id is null where it is over its account's quota. See store-contents.sql. */
export interface StoredContentRow {
  n: number;
  content_id: bigint | null;
  dag_id: bigint;
  kept: boolean;
  dag_size: bigint;
  dag_car_bytes: bigint;
  dag_blocks: number;
}

export const STORE_CONTENTS = sql<StoredContentRow, [batch: string]>('SELECT * FROM store_contents($1::jsonb)', {
  name: 'store_contents',
});

/** See hold-reference.sql. */
export const HOLD_REFERENCE = sql<
  { id: bigint; size: bigint; refused: boolean },
  [root: string, userId: string, quota: number | null]
>('SELECT id, size, refused FROM hold_reference($1, $2::uuid, $3::bigint)');

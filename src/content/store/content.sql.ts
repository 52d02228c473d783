import { sql } from '../../platform/prisma/index.js';

/** A content that is not deleted, with the root of its DAG. */
export interface ContentRow {
  id: bigint;
  userId: string;
  dagId: bigint;
  root: string;
  cid: string;
  name: string;
  type: string;
  size: bigint;
  profile: string;
  replication: number;
  state: string;
  pinRequestId: string | null;
  tags: string[];
  createdAt: Date;
  updatedAt: Date;
}

/** Contents refer to DAGs, of which storage says the root (dag-locations.sql). */
export const CONTENTS = `
SELECT c.id, c.user_id AS "userId", c.dag_id AS "dagId", dag.root, c.cid, c.name, c.type, c.size, c.profile, c.replication, c.state,
  c.pin_request_id AS "pinRequestId", ARRAY(SELECT t.tag FROM content_tags t WHERE t.content_id = c.id ORDER BY 1) AS tags,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt"
FROM contents c JOIN stored_dags() dag ON dag.dag_id = c.dag_id WHERE c.state <> 'deleted'`;

/** One row by its id; none for a content that is deleted. */
export const FIND_CONTENT = sql<ContentRow, [id: bigint]>(`${CONTENTS} AND c.id = $1`);

/**
 * Newest first; `before` is no content's id yet when all are asked for. The index (user_id, id DESC) gives the order;
 * `offset` costs what it skips. No locks.
 */
export const LIST_CONTENTS = sql<ContentRow, [userId: string, before: bigint, limit: number, offset: number]>(
  `${CONTENTS} AND c.user_id = $1::uuid AND c.id < $2 ORDER BY c.id DESC LIMIT $3 OFFSET $4`,
);

/** Newest first. Of all users when `userId` is null. */
export const CONTENTS_OF_ROOT = sql<ContentRow, [root: string, userId: string | null, limit: number]>(
  `${CONTENTS} AND dag.root = $1 AND c.user_id = coalesce($2::uuid, c.user_id) ORDER BY c.id DESC LIMIT $3`,
);

/** Before any other lock: what the content's account stores, where that is counted; to the end of the transaction. */
export const HOLD_USAGE_OF = sql<never, [contentId: bigint]>(
  'SELECT hold_usage(ARRAY(SELECT user_id FROM contents WHERE id = $1))',
);

/** The same of all contents of a DAG. */
export const HOLD_USAGE_OF_DAG = sql<never, [dagId: bigint]>(
  "SELECT hold_usage(ARRAY(SELECT user_id FROM contents WHERE dag_id = $1 AND state <> 'deleted'))",
);

/** Contents of this DAG that came alone count for so much at least, and so do their accounts. */
export const RECOUNT = sql<never, [dagId: bigint, storedBytes: number]>(`
WITH less AS (SELECT id, stored_bytes FROM contents
       WHERE dag_id = $1 AND state <> 'deleted' AND upload_id IS NULL AND stored_bytes < $2::bigint ORDER BY id FOR UPDATE),
     raised AS (UPDATE contents c SET stored_bytes = $2::bigint FROM less WHERE c.id = less.id
       RETURNING c.user_id, $2::bigint - less.stored_bytes AS more)
UPDATE account_usage u SET bytes = u.bytes + r.more
FROM (SELECT user_id, sum(more)::bigint AS more FROM raised GROUP BY 1) AS r WHERE u.user_id = r.user_id`);

/** The contents that came with it in one CAR, itself included, in the order of their ids; none where it came alone. */
export const LOCK_UPLOAD_OF = sql<{ id: bigint }, [contentId: bigint]>(`
SELECT id FROM contents WHERE upload_id = (SELECT upload_id FROM contents WHERE id = $1) ORDER BY id FOR UPDATE`);

/**
 * The content, its timeline and what its account stores, at once. No row: there is no such content (any more). The
 * blocks of one CAR are held together until its last root is deleted: what a root counted for goes over to another one.
 */
export const MOVE_TO_DELETED = sql<{ userId: string; cid: string }, [contentId: bigint]>(`
WITH old AS (SELECT id, state, upload_id, stored_bytes FROM contents WHERE id = $1 AND state <> 'deleted'),
     heir AS (SELECT min(c.id) AS id FROM contents c JOIN old ON c.upload_id = old.upload_id
       WHERE c.id <> old.id AND c.state <> 'deleted'),
     gone AS (UPDATE contents c SET state = 'deleted', deleted_at = now(), updated_at = now() FROM old
       WHERE c.id = old.id RETURNING c.user_id, c.cid),
     inherited AS (UPDATE contents c SET stored_bytes = c.stored_bytes + old.stored_bytes FROM old, heir WHERE c.id = heir.id),
     usage AS (UPDATE account_usage u SET contents = u.contents - 1,
         bytes = u.bytes - CASE WHEN heir.id IS NULL THEN old.stored_bytes ELSE 0 END
       FROM gone, old, heir WHERE u.user_id = gone.user_id),
     move AS (INSERT INTO content_moves (content_id, "from", "to", cause) SELECT id, state, 'deleted', 'deleted by its owner' FROM old)
SELECT user_id AS "userId", cid FROM gone`);

/**
 * A row for each content of a batch; content_id is null where it is over its account's quota. See store-contents.sql.
 */
export interface StoredContentRow {
  n: number;
  content_id: bigint | null;
  dag_id: bigint;
  kept: boolean;
  dag_size: bigint;
  dag_car_bytes: bigint;
  dag_blocks: number;
}

/**
 * One batch in one round trip, all or nothing but for what a quota refuses; one row per content, in the order of `n`
 * among those that were stored. Locks what the accounts store, then what `commit_dags` locks (store-contents.sql).
 */
export const STORE_CONTENTS = sql<StoredContentRow, [batch: string]>('SELECT * FROM store_contents($1::jsonb)', {
  name: 'store_contents',
});

/**
 * Locks the usage of the account, then the DAG, and counts a further reference to it; `refused`: over the quota, and
 * nothing was counted. No row: the DAG is not hot, or not known to be whole (hold-reference.sql).
 */
export const HOLD_REFERENCE = sql<
  { id: bigint; size: bigint; storedBytes: bigint; refused: boolean },
  [root: string, userId: string, quota: number | null]
>('SELECT id, size, stored_bytes AS "storedBytes", refused FROM hold_reference($1, $2::uuid, $3::bigint)');

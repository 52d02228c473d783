import { sql } from '../../platform/prisma/index.js';

/** To the end of the transaction: one change of a collection at a time. No row: there is no such collection. */
export const LOCK_COLLECTION = sql<{ id: string }, [id: string]>(
  'SELECT id::text FROM collections WHERE id = $1::uuid FOR UPDATE',
);

/** Those of these contents that are this account's, with their names. */
export const OWN_CONTENTS = sql<{ id: bigint; name: string }, [userId: string, ids: readonly bigint[]]>(
  "SELECT id, name FROM contents WHERE id = ANY ($2::bigint[]) AND user_id = $1::uuid AND state <> 'deleted'",
);

/** Paths of a collection that stand at one of these, where a folder is needed, or below one. At most one. */
export const IN_THE_WAY = sql<
  { path: string; same: boolean },
  [id: string, paths: readonly string[], above: readonly string[]]
>(`
SELECT r.path, false AS same FROM collection_refs r WHERE r.collection_id = $1::uuid AND r.path = ANY ($3::text[])
UNION ALL
SELECT r.path, false FROM unnest($2::text[]) AS new (path) CROSS JOIN LATERAL (
  SELECT path FROM collection_refs WHERE collection_id = $1::uuid
    AND path > new.path || '/' COLLATE "C" AND path < new.path || '0' COLLATE "C" LIMIT 1) AS r
UNION ALL
SELECT r.path, true FROM collection_refs r WHERE r.collection_id = $1::uuid AND r.path = ANY ($2::text[])
LIMIT 1`);

/** What stood at these paths is replaced. */
export const PUT_REFS = sql<never, [id: string, paths: readonly string[], contents: readonly bigint[]]>(`
INSERT INTO collection_refs (collection_id, path, content_id)
SELECT $1::uuid, item.path, item.content FROM unnest($2::text[], $3::bigint[]) AS item (path, content)
ON CONFLICT (collection_id, path) DO UPDATE SET content_id = EXCLUDED.content_id`);

/** A page of paths, in their order. */
export const REFS = sql<{ path: string; id: bigint }, [id: string, after: string, limit: number]>(`
SELECT path, content_id AS id FROM collection_refs WHERE collection_id = $1::uuid AND path > $2 COLLATE "C" ORDER BY path LIMIT $3`);

/** What a folder (with a slash at its end) has; folders in it are one row each. */
export const ENTRIES = sql<
  { name: string; directory: boolean; size: bigint; id: bigint; cid: string; updated_at: Date },
  [id: string, folder: string]
>(`
SELECT split_part(substr(r.path, length($2) + 1), '/', 1) AS name, bool_or(strpos(substr(r.path, length($2) + 1), '/') > 0) AS directory,
  sum(c.size)::bigint AS size, max(c.id) AS id, max(c.cid) AS cid, max(c.updated_at) AS updated_at
FROM collection_refs r JOIN contents c ON c.id = r.content_id
WHERE r.collection_id = $1::uuid AND r.path > $2 COLLATE "C" AND r.path < rtrim($2, '/') || '0' COLLATE "C" AND c.state <> 'deleted'
GROUP BY 1 ORDER BY 1`);

/** That path and all below it; how many. */
export const REMOVE_PATH = sql<{ path: string }, [id: string, path: string]>(`
DELETE FROM collection_refs WHERE collection_id = $1::uuid
  AND (path = $2 OR (path > $2 || '/' COLLATE "C" AND path < $2 || '0' COLLATE "C")) RETURNING path`);

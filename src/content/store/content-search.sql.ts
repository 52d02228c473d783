import { sql, type Statement } from '../../platform/prisma/index.js';
import type { ContentSort } from '../domain/content-search.js';
import { CONTENTS, type ContentRow } from './content.sql.js';

/** What goes into a search; not all of it into each of its texts. */
export type SearchValues = [
  userId: string,
  limit: number,
  /** The sort's value of the content that the page begins behind, and its id. */
  behind: string | bigint | null,
  behindId: bigint | null,
  prefix: string | null,
  /** Above everything that begins with it. */
  prefixEnd: string | null,
  /** Contents that match by something else: a tag, their root. */
  others: readonly bigint[],
];

/** The expression of an order, as its index has it, and how a value of it is handed in. */
const KEYS: Readonly<Record<ContentSort, { key: string; type: string }>> = {
  added: { key: 'c.id', type: 'bigint' },
  name: { key: 'lower(c.name) COLLATE "C"', type: 'text' },
  size: { key: 'c.size', type: 'bigint' },
};

/**
 * All parameters are named in each text, so that one list of values goes with all of them. The index of the order gives
 * the page, or, where few contents match, those of names and ids do; which of the two the planner chooses by
 * the values.
 */
function search(sort: ContentSort, descending: boolean): Statement<ContentRow, SearchValues> {
  const { key, type } = KEYS[sort];
  const [than, way] = descending ? ['<', 'DESC'] : ['>', 'ASC'];
  return sql<ContentRow, SearchValues>(`${CONTENTS} AND c.user_id = $1::uuid
  AND ($4::bigint IS NULL OR (${key}, c.id) ${than} ($3::${type}, $4::bigint))
  AND ($5::text IS NULL
    OR (lower(c.name) COLLATE "C" >= lower($5::text) COLLATE "C" AND lower(c.name) COLLATE "C" < lower($6::text) COLLATE "C")
    OR c.id = ANY ($7::bigint[]))
  ORDER BY ${key} ${way}, c.id ${way} LIMIT $2`);
}

/** By order and direction. */
export const SEARCHES = {
  added: { asc: search('added', false), desc: search('added', true) },
  name: { asc: search('name', false), desc: search('name', true) },
  size: { asc: search('size', false), desc: search('size', true) },
} as const;

/** What a content is ordered by, also when it was deleted since; no row for somebody else's. */
export const PLACE = sql<{ name: string; size: bigint }, [id: bigint, userId: string]>(
  'SELECT lower(name) AS name, size FROM contents WHERE id = $1 AND user_id = $2::uuid',
);

/** The newest contents with a tag that begins so; by the index on (user_id, tag). */
export const TAGGED = sql<{ id: bigint }, [userId: string, prefix: string, prefixEnd: string, limit: number]>(`
SELECT DISTINCT content_id AS id FROM content_tags
WHERE user_id = $1::uuid AND tag COLLATE "C" >= $2 AND tag COLLATE "C" < $3 ORDER BY 1 DESC LIMIT $4`);

/** The newest contents of a root (CIDv1 text). */
export const OF_ROOT = sql<{ id: bigint }, [userId: string, root: string, limit: number]>(`
SELECT c.id FROM stored_dags() dag JOIN contents c ON c.dag_id = dag.dag_id
WHERE dag.root = $2 AND c.user_id = $1::uuid AND c.state <> 'deleted' ORDER BY c.id DESC LIMIT $3`);

/** Replaces the tags of those of these contents that are this account's and not deleted; a row for each of them. */
export const SET_TAGS = sql<{ id: bigint }, [userId: string, ids: readonly bigint[], tags: readonly string[]]>(`
WITH own AS MATERIALIZED (
       SELECT id FROM contents WHERE id = ANY ($2::bigint[]) AND user_id = $1::uuid AND state <> 'deleted' ORDER BY id FOR UPDATE),
     gone AS (DELETE FROM content_tags t USING own WHERE t.content_id = own.id AND t.tag <> ALL ($3::text[])),
     put AS (INSERT INTO content_tags (content_id, tag, user_id) SELECT own.id, tag, $1::uuid FROM own, unnest($3::text[]) AS tag
       ON CONFLICT DO NOTHING)
SELECT id FROM own`);

/** No row: it is deleted, or was never there. */
export const RENAME = sql<{ id: bigint }, [id: bigint, name: string]>(
  "UPDATE contents SET name = $2, updated_at = now() WHERE id = $1 AND state <> 'deleted' RETURNING id",
);

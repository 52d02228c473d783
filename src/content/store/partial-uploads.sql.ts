import { sql } from '../../platform/prisma/index.js';

/** To the end of the transaction: of one account's uploads only one is made at a time, so that their sum is right. */
export const LOCK_CREATION = sql<never, [userId: string]>(
  "SELECT pg_advisory_xact_lock(hashtextextended('tidewater.partial_uploads.' || $1, 0))",
);

/** What an account has begun and not ended; by the index on (user_id, state). */
export const OUTSTANDING = sql<{ uploads: bigint; bytes: bigint }, [userId: string]>(`
SELECT count(*) AS uploads, coalesce(sum(length), 0)::bigint AS bytes
FROM partial_uploads WHERE user_id = $1::uuid AND state = 'receiving' AND kind <> 'final'`);

/** Bytes that were announced to a node and are still to come. */
export const TO_COME = sql<{ bytes: bigint }, [nodeId: string]>(`
SELECT coalesce(sum(length - "offset"), 0)::bigint AS bytes
FROM partial_uploads WHERE node_id = $1 AND state = 'receiving' AND kind <> 'final'`);

/** Bytes became durable. No row: something else happened to it meanwhile. */
export const ADVANCE = sql<{ expires_at: Date }, [id: string, from: number, to: number, keepSeconds: number]>(`
UPDATE partial_uploads SET "offset" = $3::bigint, expires_at = now() + make_interval(secs => $4::float8)
WHERE id = $1::uuid AND "offset" = $2::bigint AND state = 'receiving' RETURNING expires_at`);

/** The upload, and those that it is made of, became a content. The first row is its own; none: it was stored before. */
export const MARK_STORED = sql<{ id: string }, [id: string, contentId: bigint, cid: string]>(`
WITH own AS (SELECT id, parts FROM partial_uploads WHERE id = $1::uuid AND state = 'receiving' FOR UPDATE)
UPDATE partial_uploads p SET state = 'stored', content_id = $2::bigint, cid = $3
FROM own WHERE p.id = own.id OR p.id = ANY (own.parts) RETURNING p.id::text`);

/** Complete, and no content yet: a process died between the two. */
export const COMPLETE = sql<{ id: string }, [nodeId: string]>(`
SELECT id::text FROM partial_uploads
WHERE node_id = $1 AND state = 'receiving' AND kind <> 'partial' AND "offset" = length AND expires_at > now()
ORDER BY created_at LIMIT 1000`);

/** The ones that expired first. */
export const EXPIRED = sql<{ id: string }, [nodeId: string, limit: number]>(`
SELECT id::text FROM partial_uploads WHERE node_id = $1 AND expires_at <= now() ORDER BY expires_at LIMIT $2`);

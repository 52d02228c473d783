import { sql } from '../../platform/prisma/index.js';
import { contentId, pinRequestId, userId } from '../../shared/index.js';
/**
 * Accepts pins, as `add-pins.sql` says; answers with the place in the list and the `created` of each that was accepted.
 */ export const ADD = sql('SELECT n, created FROM add_pins($1::jsonb, $2)', {
    name: 'add-pins'
});
export const FIND = sql('SELECT * FROM pins WHERE request_id = $1::uuid AND user_id = $2::uuid AND deleted_at IS NULL');
export const FIND_ALL = sql(`SELECT * FROM pins WHERE user_id = $1::uuid AND deleted_at IS NULL
   AND (request_id = ANY($2::uuid[]) OR content_id = ANY($3::bigint[]))`);
export const REMOVE = sql(`
  UPDATE pins SET deleted_at = $3 WHERE request_id = $1::uuid AND user_id = $2::uuid AND deleted_at IS NULL RETURNING *`);
/** Hides a pin in favour of another one. */ export const REPLACE = sql(`
  UPDATE pins SET deleted_at = $3, replaced_by = $4::uuid
  WHERE request_id = $1::uuid AND user_id = $2::uuid AND deleted_at IS NULL`);
/** What one pin was to replace waits for its successor from now on. */ export const PASS_ON = sql('UPDATE pins SET replaced_by = $2::uuid WHERE replaced_by = $1::uuid');
/** Removed pins whose content nothing holds back, the first removed first. */ export const REMOVED = sql(`
  SELECT * FROM pins gone WHERE deleted_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM pins next WHERE next.request_id = gone.replaced_by AND next.deleted_at IS NULL AND next.status <> 'pinned')
  ORDER BY deleted_at LIMIT $1`);
export const PURGE = sql('DELETE FROM pins WHERE request_id = $1::uuid AND deleted_at IS NOT NULL');
export const REMOVE_OF_CONTENT = sql('DELETE FROM pins WHERE content_id = $1::bigint');
/** All pins by status: the sums of the whole platform, and what was not added to them yet. */ export const COUNT_BY_STATUS = sql(`
  SELECT status, sum(pins)::bigint AS pins FROM (
    SELECT status, pins FROM pin_tallies WHERE user_id = '00000000-0000-0000-0000-000000000000' AND level = 4
    UNION ALL SELECT status, pins FROM pin_deltas) noted GROUP BY status`);
export const COUNT_OF_USERS = sql(`
  SELECT user_id, sum(pins)::bigint AS pins FROM (
    SELECT user_id, pins FROM pin_tallies WHERE user_id = ANY ($1::uuid[]) AND level = 3
    UNION ALL SELECT user_id, pins FROM pin_deltas WHERE user_id = ANY ($1::uuid[])) noted GROUP BY user_id`);
export const FOLD = sql('SELECT fold_pin_deltas($1) AS folded');
export function pinOf(row) {
    return {
        requestId: pinRequestId(row.request_id),
        userId: userId(row.user_id),
        cid: row.cid,
        cidV1: row.cid_v1,
        name: row.name,
        origins: row.origins,
        meta: row.meta,
        status: row.status,
        reason: row.reason,
        progress: progressOf(row.info),
        contentId: row.content_id === null ? null : contentId(row.content_id),
        leaseNumber: row.lease_number,
        failures: row.failures,
        lookedMs: row.looked_ms,
        createdAt: row.created_at
    };
}
/** Anything else names no pin; PostgreSQL would refuse to compare it. */ export function isRequestId(text) {
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
/** The same for the ids of contents. */ export function isRowId(text) {
    return /^\d{1,18}$/.test(text);
}
/** Null as long as nobody has begun. */ function progressOf({ blocks, bytes, sources }) {
    return blocks === undefined || bytes === undefined ? null : {
        blocks,
        bytes,
        sources: sources ?? 0
    };
}

//# sourceMappingURL=pins.sql.js.map

import { sql } from '../../platform/prisma/index.js';

/** `bytes`: of the blocks that are held for the account's contents, not what their roots claim. */
export interface UsageRow {
  user_id: string;
  bytes: bigint;
  contents: bigint;
}

/**
 * From here on the account is counted (account-usage.sql). Takes the account's advisory lock: waits for whoever is
 * storing or deleting for it. Idempotent.
 */
export const COUNT_USAGE = sql<never, [userId: string]>('SELECT count_usage($1::uuid)');

/** Of those accounts that are counted, in no order: exact as of the last commit. By the primary key. */
export const KEPT_USAGE = sql<UsageRow, [userIds: readonly string[]]>(
  'SELECT user_id, bytes, contents FROM account_usage WHERE user_id = ANY ($1::uuid[])',
);

/** Of any accounts, summed up now: one pass over their contents. An account without contents has no row. */
export const SUMMED_USAGE = sql<UsageRow, [userIds: readonly string[]]>(`
SELECT user_id, sum(stored_bytes)::bigint AS bytes, count(*) AS contents
FROM contents WHERE user_id = ANY ($1::uuid[]) AND state <> 'deleted' GROUP BY 1`);

import { sql } from '../prisma/index.js';
import { leaseSql, type LeaseDefinition } from './lease-definition.js';

/** A row of a claim: what the lease consists of, beside the columns that the definition names. */
export interface ClaimedRow {
  lease_key: string;
  lease_number: number;
  leased_until: Date;
  due_since: Date;
}

/**
 * The statements of one table's leases. Where several rows are locked, it is in the order of their keys: nobody waits
 * in a circle.
 */
export function leaseStatements({ table, key, keyType, condition = 'true', returning }: LeaseDefinition) {
  const until = leaseSql.until('$1', '$2');
  const columns = returning === undefined ? '' : `, ${returning}`;
  const claim = (which: string) => `
    WITH claimable AS (
      SELECT ${key} AS lease_key, greatest(next_check_at, lease_until) AS due_since FROM ${table}
      WHERE ${leaseSql.isDue(table, leaseSql.now('$1'))} AND (${condition}) ${which})
    UPDATE ${table} SET ${leaseSql.claimed(table, until)}, next_check_at = ${until}
    FROM claimable WHERE ${table}.${key} = claimable.lease_key
    RETURNING claimable.lease_key::text, ${table}.lease_number, ${table}.lease_until AS leased_until, claimable.due_since${columns}`;
  return {
    claimDue: sql<ClaimedRow, [now: Date | null, leaseMs: number, limit: number]>(
      claim('ORDER BY next_check_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED'),
    ),
    claimKey: sql<ClaimedRow, [now: Date | null, leaseMs: number, key: string]>(
      claim(`AND ${key} = $3::${keyType} FOR NO KEY UPDATE`),
    ),
    extend: sql<
      { lease_key: string; lease_number: number },
      [now: Date | null, leaseMs: number, keys: readonly string[], numbers: readonly number[]]
    >(`
      UPDATE ${table} SET lease_until = ${until} WHERE ${key} IN (
        SELECT held.${key} FROM ${table} held JOIN unnest($3::${keyType}[], $4::int[]) AS mine (lease_key, number)
          ON held.${key} = mine.lease_key AND ${leaseSql.isHeld('held', 'mine.number')}
        ORDER BY held.${key} FOR NO KEY UPDATE OF held)
      RETURNING ${key}::text AS lease_key, lease_number`),
    // An earlier check than the one that the claim set was asked for while the lease was held: it stands.
    release: sql<never, [key: string, number: number, until: Date, next: Date | null]>(`
      UPDATE ${table} SET ${leaseSql.released()},
        next_check_at = CASE WHEN next_check_at < $3 THEN least(next_check_at, $4) ELSE $4::timestamptz END
      WHERE ${key} = $1::${keyType} AND ${leaseSql.isHeld(table, '$2')}`),
    lock: sql<{ held: boolean }, [key: string, number: number]>(`
      SELECT ${leaseSql.isHeld(table, '$2')} AS held FROM ${table} WHERE ${key} = $1::${keyType} FOR NO KEY UPDATE`),
  };
}

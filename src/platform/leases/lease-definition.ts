/**
 * A table whose rows are worked on by one worker at a time. It has three columns for it:
 * `next_check_at` (timestamptz, when the row is to be worked on next; null where that means never),
 * `lease_until` (timestamptz, null while free) and `lease_number` (integer, 0 at first).
 */
export interface LeaseDefinition {
  readonly table: string;
  /** The column that names a row, and its type. */
  readonly key: string;
  readonly keyType: 'uuid' | 'bigint' | 'text';
  /** SQL over the table's columns: which rows are worked on at all. All when left out. */
  readonly condition?: string;
  /** Columns that a claim answers with, as SQL after RETURNING. */
  readonly returning?: string;
}

/**
 * The pieces of SQL that a lease is made of, for claims and writes that a room words itself (a fair share among
 * accounts, the results of many rows at once). Arguments are places in the statement (`$1`, `done.number`);
 * `row` is the table's name or alias there.
 */
export const leaseSql = {
  /**
   * The time by which leases are claimed, extended and end: the database's, or what the parameter says
   * (`Clock.forStatement`, null outside of tests). Stable within a statement, so that an index serves comparisons.
   */
  now: (given: string) => `coalesce(${given}::timestamptz, statement_timestamp())`,
  /** So many milliseconds from then. */
  until: (given: string, ms: string) => `(${leaseSql.now(given)} + ${ms}::float8 * interval '1 millisecond')`,
  /** Condition: due, and nobody works on it. */
  isDue: (row: string, now: string) => `${row}.next_check_at <= ${now} AND ${leaseSql.isFree(row, now)}`,
  /** Condition: nobody works on it. */
  isFree: (row: string, now: string) => `(${row}.lease_until IS NULL OR ${row}.lease_until <= ${now})`,
  /** Condition that guards every write under a lease: nobody has claimed or released the row since. */
  isHeld: (row: string, number: string) => `(${row}.lease_number = ${number} AND ${row}.lease_until IS NOT NULL)`,
  /** After SET: the row is leased to whoever runs the statement; RETURNING lease_number tells its number. */
  claimed: (row: string, until: string) => `lease_until = ${until}, lease_number = ${row}.lease_number + 1`,
  /** After SET: the row is free. */
  released: () => 'lease_until = NULL',
} as const;

import { leaseSql, type LeaseDefinition } from '../../platform/leases/index.js';
import { sql, type Parameter, type Statement } from '../../platform/prisma/index.js';
import type { ProviderRecordState } from '../domain/provider-record.js';
import type { ProviderRecordFilter } from '../ports/provider-record-store.port.js';

/**
 * SQL of the table `announcements`: one provider record per root. Rows are locked in the order of their ids wherever
 * several are: nobody waits in a circle.
 */

/** A provider record as the table has it. */
export interface ProviderRecordRow {
  id: bigint;
  root: string;
  state: ProviderRecordState;
  node: string | null;
  held_since: Date | null;
  announced_at: Date | null;
  routing: string[] | null;
  next_check_at: Date | null;
  failures: number;
  last_error: string | null;
}

const COLUMNS = [
  'id',
  'root',
  'state',
  'node',
  'held_since',
  'announced_at',
  'routing',
  'next_check_at',
  'failures',
  'last_error',
].map((column) => `announcements.${column}`);

/** What a claim answers with of the record. */
export type ClaimedProviderRecordRow = ProviderRecordRow & { revision: number };

/** The platform's leases over this table: `next_check_at` says when a record is due, null that it is not. */
export const LEASE: LeaseDefinition = {
  table: 'announcements',
  key: 'id',
  keyType: 'bigint',
  returning: [...COLUMNS, 'announcements.revision'].join(', '),
};

/** One row when something is due, none otherwise: a look into the index on `next_check_at`. No locks. */
export const HAS_DUE = sql<{ due: boolean }, [now: Date | null]>(
  `SELECT true AS due FROM announcements WHERE ${leaseSql.isDue('announcements', leaseSql.now('$1'))} LIMIT 1`,
);

/** Ends the leases that are held; $1 settlements as JSON. */
export const SETTLE = sql<never, [settlements: string]>(`
  WITH done AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS d (id bigint, "leaseNumber" int, revision int, state text, node text,
      "providedSince" timestamptz, "announcedAt" timestamptz, routing jsonb, "dueAt" timestamptz, failures int, "lastError" text)),
  mine AS (
    SELECT a.id FROM announcements a JOIN done d ON a.id = d.id AND ${leaseSql.isHeld('a', 'd."leaseNumber"')}
    ORDER BY a.id FOR UPDATE OF a)
  UPDATE announcements a SET ${leaseSql.released()},
    node = d.node, held_since = d."providedSince", announced_at = d."announcedAt",
    routing = ARRAY(SELECT jsonb_array_elements_text(d.routing)),
    state = CASE WHEN a.revision = d.revision THEN d.state ELSE a.state END,
    next_check_at = CASE WHEN a.revision = d.revision THEN d."dueAt" ELSE a.next_check_at END,
    failures = CASE WHEN a.revision = d.revision THEN d.failures ELSE a.failures END,
    last_error = CASE WHEN a.revision = d.revision THEN d."lastError" ELSE a.last_error END
  FROM done d, mine WHERE a.id = mine.id AND d.id = mine.id AND ${leaseSql.isHeld('a', 'd."leaseNumber"')}`);

/** Forgets records whose leases are held and that did not change meanwhile; $1 settlements as JSON. */
export const REMOVE = sql<never, [settlements: string]>(`
  DELETE FROM announcements WHERE id IN (
    SELECT a.id FROM announcements a JOIN jsonb_to_recordset($1::jsonb) AS d (id bigint, "leaseNumber" int, revision int)
      ON a.id = d.id AND ${leaseSql.isHeld('a', 'd."leaseNumber"')} AND a.revision = d.revision
    ORDER BY a.id FOR UPDATE OF a)`);

/** What is on its way out is wanted again; others stay as they are. Locks the rows in the order of their ids. */
export const REVIVE = sql<never, [roots: readonly string[], now: Date]>(`
  UPDATE announcements SET state = 'pending', next_check_at = $2, revision = revision + 1, failures = 0, last_error = NULL
  WHERE id IN (SELECT id FROM announcements WHERE root = ANY($1::text[]) AND state = 'withdrawing' ORDER BY id FOR UPDATE)`);

/**
 * New records, due at once; roots that have one are passed over. In the order of the roots, so that two who add the
 * same ones do not wait for each other in a circle.
 */
export const ADD = sql<never, [roots: readonly string[], now: Date]>(`
  INSERT INTO announcements (root, next_check_at, created_at)
  SELECT DISTINCT wanted.root, $2::timestamptz, $2::timestamptz FROM unnest($1::text[]) AS wanted (root)
  WHERE NOT EXISTS (SELECT 1 FROM announcements a WHERE a.root = wanted.root) ORDER BY 1
  ON CONFLICT (root) DO NOTHING`);

/**
 * Due at once, to be withdrawn. The new revision tells whoever works on the record that its result is out of date.
 * Locks the rows in the order of their ids.
 */
export const STOP = sql<never, [roots: readonly string[], now: Date]>(`
  UPDATE announcements SET state = 'withdrawing', next_check_at = $2, revision = revision + 1, failures = 0, last_error = NULL
  WHERE id IN (SELECT id FROM announcements WHERE root = ANY($1::text[]) AND state <> 'withdrawing' ORDER BY id FOR UPDATE)`);

/** Without a node it is provided anew as well as announced. */
const reprovide = (which: string) => `
  UPDATE announcements SET next_check_at = $1, revision = revision + 1, failures = 0, last_error = NULL, node = NULL
  WHERE id = ANY (ARRAY(${which})) RETURNING root`;

/** These roots, where they have a record; locked in the order of their ids. Waits for whoever settles one of them. */
export const REPROVIDE = sql<{ root: string }, [now: Date, roots: readonly string[]]>(
  reprovide('SELECT id FROM announcements WHERE root = ANY($2::text[]) ORDER BY id FOR UPDATE'),
);
/** Those whose turn comes next, by the index on `next_check_at`; rows that somebody else has locked are passed over. */
export const REPROVIDE_NEXT = sql<{ root: string }, [now: Date, limit: number]>(
  reprovide('SELECT id FROM announcements ORDER BY next_check_at LIMIT $2 FOR UPDATE SKIP LOCKED'),
);

/**
 * Up to so many records of these nodes, in no order. By the index on `node`: those of living nodes stand between two
 * stretches of it, and neither is looked through. Rows that somebody else has locked are passed over. An array, not IN:
 * a plan may ask the inner SELECT of an IN once for each row, and then its LIMIT is one for each, too.
 */
export const TAKE_FROM = sql<never, [peerIds: readonly string[], now: Date, limit: number]>(`
  UPDATE announcements SET node = NULL, held_since = NULL, next_check_at = $2, revision = revision + 1,
    state = CASE WHEN state = 'withdrawing' THEN state ELSE 'pending' END
  WHERE id = ANY (ARRAY(SELECT id FROM announcements WHERE node = ANY($1::text[]) LIMIT $3 FOR UPDATE SKIP LOCKED))`);

/**
 * Records that wait for routing, the oldest first, by the partial index of exactly these. Locked ones are passed over.
 */
export const ANNOUNCE_UNANNOUNCED = sql<never, [now: Date, limit: number]>(`
  UPDATE announcements SET next_check_at = $1 WHERE id = ANY (ARRAY(
    SELECT id FROM announcements WHERE state = 'held' AND next_check_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))`);

/** A page of the table in the order of the primary key. No locks. */
export const ROOTS = sql<{ id: bigint; root: string }, [after: bigint, limit: number]>(
  'SELECT id, root FROM announcements WHERE id > $1 ORDER BY id LIMIT $2',
);

/**
 * At most one row: what is due, and nobody has a live lease on, for the longest time. Work that takes longer than its
 * first lease is not late as long as somebody holds it; one whose holder was lost is late from the end of the lease.
 * Out of the first of the index on `next_check_at`: rows that were leased before are few, and the first that was not
 * is older than all behind it.
 */
export const OLDEST_OVERDUE = sql<{ root: string; due_since: Date }, [now: Date | null]>(`
  SELECT root, due_since FROM (
    SELECT root, greatest(next_check_at, lease_until) AS due_since FROM announcements
    WHERE ${leaseSql.isDue('announcements', leaseSql.now('$1'))} ORDER BY next_check_at LIMIT 1000) AS waiting
  ORDER BY due_since LIMIT 1`);

/**
 * Out of the tallies that triggers keep (tally-announcements.sql), not out of the records: one row per state that has
 * any.
 */
export const BY_STATE = sql<{ state: ProviderRecordState; rows: number }, []>(
  'SELECT state, sum(rows)::float8 AS rows FROM announcement_tallies GROUP BY state',
);

/** Leaves one tally per state. The sums stay the same, so two at once do no harm. */
export const ADD_UP = sql<never, []>(`
  WITH old AS (DELETE FROM announcement_tallies RETURNING state, rows)
  INSERT INTO announcement_tallies (state, rows) SELECT state, sum(rows) FROM old GROUP BY state HAVING sum(rows) <> 0`);

/** No row: the walk has never begun. */
export const POSITION = sql<{ position: bigint }, [walk: string]>(
  'SELECT position FROM announcement_walks WHERE name = $1',
);
/** The last writer's position stands; a walk that is set back only looks at something twice. */
export const SET_POSITION = sql<never, [walk: string, position: bigint]>(
  'INSERT INTO announcement_walks (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position',
);

/** A statement that is put together, with its values. */
interface Put<Row extends object> {
  statement: Statement<Row, Parameter[]>;
  values: Parameter[];
}

/**
 * What the filter finds, newest first; `before` is the last id of the page before (keyset paging). `limit` goes into
 * the text as it is: a number that was checked.
 */
export function pageOf(filter: ProviderRecordFilter, limit: number, before?: bigint): Put<ProviderRecordRow> {
  const { where, values } = conditionsOf(filter, before);
  const text = `SELECT ${COLUMNS.join(', ')} FROM announcements ${where} ORDER BY id DESC LIMIT ${limit}`;
  return { statement: sql<ProviderRecordRow, Parameter[]>(text), values };
}

/** How many the filter finds; no more than `most` are counted. */
export function countOf(filter: ProviderRecordFilter, most: number): Put<{ rows: number }> {
  const { where, values } = conditionsOf(filter);
  const text = `SELECT count(*)::int AS rows FROM (SELECT 1 FROM announcements ${where} LIMIT ${most}) AS found`;
  return { statement: sql<{ rows: number }, Parameter[]>(text), values };
}

function conditionsOf(
  { state, root, failing }: ProviderRecordFilter,
  before?: bigint,
): { where: string; values: Parameter[] } {
  const values: Parameter[] = [];
  const conditions: string[] = [];
  const add = (condition: string, value: Parameter) => conditions.push(`${condition} $${values.push(value)}`);
  if (state !== undefined) add('state =', state);
  if (root !== undefined) add('root =', root);
  if (before !== undefined) add('id <', before);
  if (failing === true) conditions.push('failures > 0');
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', values };
}

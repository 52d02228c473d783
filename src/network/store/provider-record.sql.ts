/** SQL of the table `announcements`: one provider record per root. Rows are locked in the order of their ids wherever several are: nobody waits in a circle. */

const COLUMN_NAMES = [
  'id',
  'root',
  'state',
  'node',
  'held_since',
  'announced_at',
  'routing',
  'due_at',
  'failures',
  'last_error',
];
export const COLUMNS = COLUMN_NAMES.join(', ');

const FREE = 'due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)';

/** $1 now. */
export const HAS_DUE = `SELECT 1 FROM announcements WHERE ${FREE} LIMIT 1`;

/** $1 now, $2 until when, $3 how many. */
export const CLAIM = `
  UPDATE announcements a SET lease_until = $2, claim = a.claim + 1
  FROM (SELECT id FROM announcements WHERE ${FREE} ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
  WHERE a.id = due.id
  RETURNING ${COLUMN_NAMES.map((column) => `a.${column}`).join(', ')}, a.claim, a.revision`;

/** $1 ids and $2 their fencing numbers, $3 until when. */
export const EXTEND = `
  UPDATE announcements SET lease_until = $3 WHERE id IN (
    SELECT a.id FROM announcements a JOIN unnest($1::bigint[], $2::int[]) AS mine (id, claim) ON a.id = mine.id AND a.claim = mine.claim
    ORDER BY a.id FOR UPDATE OF a)
  RETURNING id`;

/** $1 settlements as JSON. */
export const SETTLE = `
  WITH done AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS d (id bigint, claim int, revision int, state text, node text,
      "providedSince" timestamptz, "announcedAt" timestamptz, routing jsonb, "dueAt" timestamptz, failures int, "lastError" text)),
  mine AS (SELECT a.id FROM announcements a JOIN done d ON a.id = d.id AND a.claim = d.claim ORDER BY a.id FOR UPDATE OF a)
  UPDATE announcements a SET
    node = d.node, held_since = d."providedSince", announced_at = d."announcedAt", lease_until = NULL,
    routing = ARRAY(SELECT jsonb_array_elements_text(d.routing)),
    state = CASE WHEN a.revision = d.revision THEN d.state ELSE a.state END,
    due_at = CASE WHEN a.revision = d.revision THEN d."dueAt" ELSE a.due_at END,
    failures = CASE WHEN a.revision = d.revision THEN d.failures ELSE a.failures END,
    last_error = CASE WHEN a.revision = d.revision THEN d."lastError" ELSE a.last_error END
  FROM done d, mine WHERE a.id = mine.id AND d.id = mine.id AND a.claim = d.claim`;

/** $1 settlements as JSON. */
export const REMOVE = `
  DELETE FROM announcements WHERE id IN (
    SELECT a.id FROM announcements a JOIN jsonb_to_recordset($1::jsonb) AS d (id bigint, claim int, revision int)
      ON a.id = d.id AND a.claim = d.claim AND a.revision = d.revision
    ORDER BY a.id FOR UPDATE OF a)`;

/** $1 roots, $2 now. */
export const REVIVE = `
  UPDATE announcements SET state = 'pending', due_at = $2, revision = revision + 1, failures = 0, last_error = NULL
  WHERE id IN (SELECT id FROM announcements WHERE root = ANY($1) AND state = 'withdrawing' ORDER BY id FOR UPDATE)`;

/** $1 roots, $2 now. */
export const ADD = `
  INSERT INTO announcements (root, due_at, created_at)
  SELECT DISTINCT wanted.root, $2::timestamptz, $2::timestamptz FROM unnest($1::text[]) AS wanted (root)
  WHERE NOT EXISTS (SELECT 1 FROM announcements a WHERE a.root = wanted.root) ORDER BY 1
  ON CONFLICT (root) DO NOTHING`;

/** $1 roots, $2 now. */
export const STOP = `
  UPDATE announcements SET state = 'withdrawing', due_at = $2, revision = revision + 1, failures = 0, last_error = NULL
  WHERE id IN (SELECT id FROM announcements WHERE root = ANY($1) AND state <> 'withdrawing' ORDER BY id FOR UPDATE)`;

/** Without a node it is provided anew as well as announced. */
const reprovide = (which: string) => `
  UPDATE announcements SET due_at = $1, revision = revision + 1, failures = 0, last_error = NULL, node = NULL
  WHERE id IN (${which}) RETURNING root`;

/** $1 now, $2 roots. */
export const REPROVIDE = reprovide('SELECT id FROM announcements WHERE root = ANY($2) ORDER BY id FOR UPDATE');
/** $1 now, $2 how many. */
export const REPROVIDE_NEXT = reprovide('SELECT id FROM announcements ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED');

/** $1 peer ids, $2 now, $3 how many. Those of living nodes stand between two stretches of the index: neither is looked through. */
export const TAKE_FROM = `
  UPDATE announcements SET node = NULL, held_since = NULL, due_at = $2, revision = revision + 1,
    state = CASE WHEN state = 'withdrawing' THEN state ELSE 'pending' END
  WHERE id IN (SELECT id FROM announcements WHERE node = ANY($1) LIMIT $3 FOR UPDATE SKIP LOCKED)`;

/** $1 now, $2 how many. */
export const ANNOUNCE_UNANNOUNCED = `
  UPDATE announcements SET due_at = $1 WHERE id IN (
    SELECT id FROM announcements WHERE state = 'held' AND due_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`;

/** $1 after this id, $2 how many. */
export const ROOTS = 'SELECT id, root FROM announcements WHERE id > $1 ORDER BY id LIMIT $2';

/** $1 now. */
export const OLDEST_OVERDUE = 'SELECT root, due_at FROM announcements WHERE due_at <= $1 ORDER BY due_at LIMIT 1';

export const BY_STATE = 'SELECT state, sum(rows)::float8 AS rows FROM announcement_tallies GROUP BY state';

export const ADD_UP = `
  WITH old AS (DELETE FROM announcement_tallies RETURNING state, rows)
  INSERT INTO announcement_tallies (state, rows) SELECT state, sum(rows) FROM old GROUP BY state HAVING sum(rows) <> 0`;

/** $1 name of the walk. */
export const POSITION = 'SELECT position FROM announcement_walks WHERE name = $1';
/** $1 name of the walk, $2 position. */
export const SET_POSITION =
  'INSERT INTO announcement_walks (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position';

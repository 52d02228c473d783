import { sql } from '../../platform/prisma/index.js';
import type { CarKind } from '../domain/car.js';

/** A CAR and its copy here, in one statement; nothing when another process has the owner's name by now. */
export const OPEN_CAR = sql<never, [id: string, kind: string, owner: string, place: string, writerEpoch: bigint]>(`
WITH car AS (
  INSERT INTO cars (id, kind, owner, state) SELECT $1::uuid, $2, $3, 'open' WHERE writer_epoch($3) = $5 RETURNING id
)
INSERT INTO car_copies (car_id, place, state) SELECT id, $4, 'writing' FROM car`);

/**
 * The open CARs of a process that goes on with them after another one (its predecessor). The rows are locked before
 * their runs are read: a commit that was on its way comes before, or fails by the epoch.
 */
export const RECOVER_CARS = sql<
  { id: string; epoch: number; kind: CarKind; bytes: bigint; createdAt: Date },
  [owner: string]
>(`
WITH mine AS (SELECT id FROM cars WHERE state = 'open' AND owner = $1 ORDER BY id FOR UPDATE),
  raised AS (UPDATE cars SET epoch = epoch + 1 WHERE id IN (SELECT id FROM mine) RETURNING id, epoch, kind, bytes, created_at)
SELECT id, epoch, kind, bytes, created_at AS "createdAt" FROM raised ORDER BY created_at`);

/** What the rows say of a file that lies here: its CAR's state, and the state of its copy at this place where there is one. */
export const FIND_COPY = sql<{ car: string; copy: string | null }, [id: string, place: string]>(`
SELECT c.state AS car, k.state AS copy FROM cars c LEFT JOIN car_copies k ON k.car_id = c.id AND k.place = $2 WHERE c.id = $1::uuid`);

/** Removals lock the CAR before they touch its runs: none can come between. */
export const LOCK_CAR = sql<{ state: string }, [id: string]>('SELECT state FROM cars WHERE id = $1::uuid FOR UPDATE');

/** In the order of their ids, as everybody does. */
export const LOCK_CARS = sql<{ id: string }, [ids: readonly string[]]>(
  'SELECT id FROM cars WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE',
);

/** moves: [{ dagId, copy, seq, offset }] */
export const MOVE_RUNS = sql<never, [to: string, moves: string]>(`
UPDATE runs SET car_id = $1::uuid, "offset" = m."offset"
FROM jsonb_to_recordset($2::jsonb) AS m("dagId" bigint, copy smallint, seq int, "offset" bigint)
WHERE runs.dag_id = m."dagId" AND runs.copy = m.copy AND runs.seq = m.seq`);

/** The CARs end: see commit-dags.sql. */
export const VERIFY_COPIES = sql<never, [ids: readonly string[]]>('SELECT verify_copies($1::uuid[])');
/** With all their copies, at whatever place. Idempotent. */
export const DISCARD_CARS = sql<never, [ids: readonly string[]]>('SELECT discard_cars($1::uuid[])');

/** These DAGs are hot again: see commit-dags.sql. */
export const LOOK_AGAIN = sql<never, [dagIds: readonly bigint[]]>('SELECT look_again($1::bigint[])');

/**
 * Of these CARs, those without a run: discarded with all their copies. After LOCK_CARS: a commit that was given up for
 * lost may still hold their rows, and a statement that waited for it does not see the runs that it made.
 */
export const DISCARD_UNUSED = sql<{ id: string }, [ids: readonly string[]]>(`
WITH unused AS (
  SELECT c.id FROM cars c WHERE c.id = ANY ($1::uuid[]) AND NOT EXISTS (SELECT FROM runs r WHERE r.car_id = c.id) ORDER BY c.id FOR UPDATE
), ended AS (SELECT discard_cars(ARRAY(SELECT id FROM unused)))
SELECT unused.id FROM unused, ended`);

/** Its file is being put at this place. One that is there is replaced, when the new one is whole. */
export const BEGIN_COPY = sql<never, [id: string, place: string]>(`
INSERT INTO car_copies (car_id, place, state) VALUES ($1::uuid, $2, 'writing')
ON CONFLICT (car_id, place) DO UPDATE SET state = excluded.state WHERE car_copies.state IN ('gone', 'damaged')`);

/** What a process that died was putting there: the scrub looks at a file that is whole, the others are gone. */
export const END_COPIES = sql<{ id: string; bytes: bigint }, [place: string]>(`
SELECT c.id, c.bytes FROM car_copies k JOIN cars c ON c.id = k.car_id WHERE k.place = $1 AND k.state = 'writing' AND c.state = 'sealed'`);
/** No effect on a copy that is not being written any more. */
export const SETTLE_COPY = sql<never, [id: string, place: string, state: string]>(`
UPDATE car_copies SET state = $3, verified_at = NULL WHERE car_id = $1::uuid AND place = $2 AND state = 'writing'`);

/** The whole CAR lies at this place. Whoever brought it has checked its sections; the scrub reads it next. */
export const PUT_COPY = sql<never, [id: string, place: string]>(`
INSERT INTO car_copies (car_id, place, state, bytes) SELECT id, $2, 'verified', bytes FROM cars WHERE id = $1::uuid
ON CONFLICT (car_id, place) DO UPDATE SET state = excluded.state, bytes = excluded.bytes, verified_at = NULL`);

/** DAGs whose every original run can be read here again, this CAR's among them. */
export const REVIVE_DAGS = sql<{ id: bigint }, [id: string, place: string]>(`
UPDATE dags SET hot = true, damaged_at = NULL WHERE NOT hot AND id IN (SELECT dag_id FROM runs WHERE car_id = $1::uuid AND copy = 0)
  AND NOT EXISTS (
    SELECT FROM runs r WHERE r.dag_id = dags.id AND r.copy = 0 AND NOT EXISTS (
      SELECT FROM car_copies k WHERE k.car_id = r.car_id AND k.place = $2 AND (k.state = 'verified' OR (k.state = 'writing' AND EXISTS (
        SELECT FROM cars c WHERE c.id = k.car_id AND c.state = 'open')))))
RETURNING id`);

/** No node has it any more; copies elsewhere stay. */
export const LEAVE_NODES = sql<never, [id: string]>(`
UPDATE car_copies SET state = 'gone' WHERE car_id = $1::uuid AND place LIKE 'node:%' AND state <> 'gone'`);

/** Copies of the folder that had no name yet (migration car_copies): 'node:', and CARs of 'api' and 'worker'. */
export const UNNAMED_COPIES = sql<{ id: string }, []>(`SELECT car_id AS id FROM car_copies WHERE place = 'node:'`);
/** Both in one statement, so that a second run finds nothing to do. */
export const NAME_COPIES = sql<never, [place: string, nodeId: string]>(`
WITH copies AS (UPDATE car_copies SET place = $1 WHERE place = 'node:')
UPDATE cars SET owner = $2 || '/' || owner WHERE owner IN ('api', 'worker')`);

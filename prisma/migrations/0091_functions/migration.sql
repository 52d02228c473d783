-- Made by scripts/prisma-migration.mjs --functions out of the files of src/ that changed.

SET check_function_bodies = off;

-- file commit-dags.sql sha256 60fbbe05761da11ebdc6eaec5a764e63081e7014568c0f6df089131a397a0d3d
-- The storage half of the decisive transaction: DAGs whose bytes are durable get their rows. Whoever keeps the
-- references to them (DagReferences) calls it in the same transaction, before it writes its own.
--
-- batch: { "dags": [{ n, root, size, storedBytes (of what the root leads to), carBytes, blocks, whole, runs: [{ carId, seq, offset, length }] }],
--          "cars": [{ id, bytes, epoch, seal: { root, terms, userId, announcement } | null }],   -- announcement: the payload of car.sealed
--          "dead": [{ carId, length }] }                                                   -- written, and refused by the caller
--
-- One row for each root: `kept` is the n of the item whose bytes were kept, null when they were hot already;
-- `restored` says that the DAG was known and had left this node.
--
-- A CAR of another epoch is one that another process has recovered since, and cut back to the runs that it found: the
-- batch fails whole.
--
-- The row of a root in "dags" is the lock: commits and removals of one root take turns, in the order of their roots.
-- The first item of a root that is not hot gives its runs; of all others the bytes are dead. A DAG that is hot, but
-- was never followed from its root to the last leaf (not `whole`), stands for nobody: what is whole, or larger, is
-- kept beside it as another copy.
CREATE OR REPLACE FUNCTION commit_dags(batch jsonb)
RETURNS TABLE (root text, dag_id bigint, size bigint, car_bytes bigint, blocks int, kept int, restored boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  known jsonb;
  cold bigint[];
  written int;
BEGIN
  WITH item AS (
    SELECT DISTINCT ON (i.root) i.* FROM jsonb_to_recordset(batch->'dags')
      AS i(n int, root text, size bigint, "storedBytes" bigint, "carBytes" bigint, blocks int, whole boolean)
    ORDER BY i.root, coalesce(i.whole, true) DESC, i.blocks DESC, i.n
  ), locked AS (
    INSERT INTO dags AS d (root, size, stored_bytes, car_bytes, blocks, whole)
    SELECT i.root, i.size, i."storedBytes", i."carBytes", i.blocks, coalesce(i.whole, true) FROM item i ORDER BY i.root
    ON CONFLICT (root) DO UPDATE SET root = EXCLUDED.root
    RETURNING d.id, d.root, d.size, d.car_bytes, d.blocks, d.hot, d.whole, (d.xmax = 0) AS fresh
  ), judged AS (
    SELECT l.*, i.n, i."carBytes" AS new_bytes, i."storedBytes" AS new_stored, i.blocks AS new_blocks, coalesce(i.whole, true) AS new_whole,
           -- Of the row that was locked, not of runs: those of a commit that was waited for are in no snapshot of
           -- this statement. A DAG that is cold has had its runs for longer than that.
           CASE WHEN l.fresh THEN true
                WHEN l.hot THEN NOT l.whole AND (coalesce(i.whole, true) OR i.blocks > l.blocks)
                ELSE coalesce(i.whole, true) OR i.blocks >= l.blocks OR NOT EXISTS (SELECT FROM runs r WHERE r.dag_id = l.id) END AS keep
    FROM locked l JOIN item i ON i.root = l.root
  )
  SELECT jsonb_agg(jsonb_build_object(
           'id', j.id, 'root', j.root, 'size', j.size, 'carBytes', CASE WHEN j.keep THEN j.new_bytes ELSE j.car_bytes END,
           'blocks', CASE WHEN j.keep THEN j.new_blocks ELSE j.blocks END, 'whole', j.new_whole, 'storedBytes', j.new_stored,
           'n', CASE WHEN j.keep THEN j.n END,
           'fresh', j.fresh, 'cold', j.keep AND NOT j.hot)),
         array_agg(j.id) FILTER (WHERE j.keep AND NOT j.hot)
    INTO known, cold FROM judged j;

  -- What is known of a root is what is known of the newest copy that was kept of it.
  UPDATE dags d SET whole = k.whole, car_bytes = k."carBytes", blocks = k.blocks, stored_bytes = greatest(d.stored_bytes, k."storedBytes")
  FROM jsonb_to_recordset(known) AS k(id bigint, "carBytes" bigint, "storedBytes" bigint, blocks int, whole boolean, n int, fresh boolean)
  WHERE d.id = k.id AND k.n IS NOT NULL AND NOT k.fresh;

  INSERT INTO runs (dag_id, copy, seq, car_id, "offset", length)
  SELECT k.id, coalesce((SELECT max(r.copy) + 1 FROM runs r WHERE r.dag_id = k.id), 0), x.seq, x."carId", x."offset", x.length
  FROM jsonb_to_recordset(known) AS k(id bigint, n int)
  JOIN jsonb_to_recordset(batch->'dags') AS i(n int, runs jsonb) ON i.n = k.n
  CROSS JOIN LATERAL jsonb_to_recordset(i.runs) AS x("carId" uuid, seq int, "offset" bigint, length bigint);

  IF cold IS NOT NULL THEN
    UPDATE dags SET hot = true, damaged_at = NULL WHERE id = ANY (cold);
    PERFORM look_again(cold);
  END IF;

  WITH dead AS (
    SELECT x."carId", x.length
    FROM jsonb_to_recordset(batch->'dags') AS i(n int, root text, runs jsonb)
    JOIN jsonb_to_recordset(known) AS k(root text, n int) ON k.root = i.root AND k.n IS DISTINCT FROM i.n
    CROSS JOIN LATERAL jsonb_to_recordset(i.runs) AS x("carId" uuid, length bigint)
    UNION ALL SELECT x."carId", x.length FROM jsonb_to_recordset(coalesce(batch->'dead', '[]')) AS x("carId" uuid, length bigint)
  ), loser AS (
    SELECT "carId", sum(length) AS bytes FROM dead GROUP BY 1
  )
  UPDATE cars c SET bytes = greatest(c.bytes, w.bytes),
    dead_bytes = c.dead_bytes + coalesce((SELECT l.bytes FROM loser l WHERE l."carId" = c.id), 0)
  FROM jsonb_to_recordset(batch->'cars') AS w(id uuid, bytes bigint, epoch int)
  WHERE c.id = w.id AND c.state = 'open' AND c.epoch = coalesce(w.epoch, 0);
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> jsonb_array_length(batch->'cars') THEN
    RAISE EXCEPTION 'a CAR of this batch is not open any more, or another process has recovered it'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;

  IF jsonb_path_exists(batch, '$.cars[*].seal ? (@ != null)') THEN
    PERFORM end_cars(batch->'cars');
  END IF;

  RETURN QUERY SELECT k.root, k.id, k.size, k."carBytes", k.blocks, k.n, k.cold
    FROM jsonb_to_recordset(known) AS k(id bigint, root text, size bigint, "carBytes" bigint, blocks int, n int, cold boolean);
END
$$;

-- These DAGs are readable again: what is damaged of their CARs may be mended out of the new copy, so the scrub takes
-- it next.
CREATE OR REPLACE FUNCTION look_again(dag_ids bigint[]) RETURNS void LANGUAGE sql AS $$
  UPDATE car_copies SET verified_at = NULL
  WHERE state = 'damaged' AND car_id IN (SELECT r.car_id FROM runs r WHERE r.dag_id = ANY (dag_ids))
$$;

-- The copy that a CAR was written to is whole, and durable: what was synced, block by block hashed on its way in.
CREATE OR REPLACE FUNCTION verify_copies(car_ids uuid[]) RETURNS void LANGUAGE sql AS $$
  UPDATE car_copies k SET state = 'verified', bytes = c.bytes, verified_at = now()
  FROM cars c WHERE c.id = k.car_id AND k.car_id = ANY (car_ids) AND k.state = 'writing'
$$;

-- Nothing in these CARs is wanted: their copies are to go.
CREATE OR REPLACE FUNCTION discard_cars(car_ids uuid[]) RETURNS void LANGUAGE sql AS $$
  UPDATE car_copies SET state = 'gone' WHERE car_id = ANY (car_ids) AND state <> 'gone';
  UPDATE cars SET state = 'discarded' WHERE id = ANY (car_ids);
$$;

-- CARs that end with this batch (those with a `seal`): sealed and announced when something in them is wanted,
-- discarded otherwise.
CREATE OR REPLACE FUNCTION end_cars(ended jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  whole uuid;
  announcement jsonb;
BEGIN
  FOR whole, announcement IN
    UPDATE cars c SET state = 'sealed', sealed_at = now(), root = w.seal->>'root', terms = nullif(w.seal->'terms', 'null'::jsonb),
                      user_id = (w.seal->>'userId')::uuid
    FROM jsonb_to_recordset(ended) AS w(id uuid, seal jsonb)
    WHERE w.seal IS NOT NULL AND c.id = w.id AND EXISTS (SELECT FROM runs r WHERE r.car_id = c.id)
    RETURNING c.id, w.seal->'announcement'
  LOOP
    PERFORM verify_copies(ARRAY[whole]);
    PERFORM announce('car.sealed', announcement);
  END LOOP;

  PERFORM discard_cars(ARRAY(
    SELECT c.id FROM jsonb_to_recordset(ended) AS w(id uuid, seal jsonb) JOIN cars c ON c.id = w.id
    WHERE w.seal IS NOT NULL AND c.state = 'open'));
END
$$;

-- file dag-locations.sql sha256 93eca0763a3a37a49db7509362110bc2212444a654c79c9e1e3b53ae0b9f342f
-- What the SQL of rooms downstream may know of stored DAGs: set-returning functions without arguments, which the
-- planner puts in place like views. Tables may change behind them; these columns stay.

-- Every stored DAG.
CREATE OR REPLACE FUNCTION stored_dags() RETURNS TABLE (dag_id bigint, root text, size bigint, blocks int, hot boolean)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.root, g.size, g.blocks, g.hot FROM dags g
$$;

-- What each of them counts for in the quota of whoever refers to it alone: the bytes of the blocks that it leads to
-- (src/storage/domain/counted-bytes.ts), also where it came in one CAR with others.
CREATE OR REPLACE FUNCTION counted_dags() RETURNS TABLE (dag_id bigint, root text, stored_bytes bigint)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.root, g.stored_bytes FROM dags g
$$;

-- CARs that nobody wants any more: no DAG has runs in them, and none ever will again.
CREATE OR REPLACE FUNCTION discarded_cars() RETURNS TABLE (car_id uuid) LANGUAGE sql STABLE AS $$
  SELECT c.id FROM cars c WHERE c.state = 'discarded'
$$;

-- Where the miners' copy of each DAG lies: its stretches in CARs, in the order of seq. A CAR may come up several times.
CREATE OR REPLACE FUNCTION dag_locations() RETURNS TABLE (dag_id bigint, seq int, car_id uuid, run_offset bigint, run_length bigint)
LANGUAGE sql STABLE AS $$
  SELECT r.dag_id, r.seq, r.car_id, r."offset", r.length FROM runs r WHERE r.copy = 0
$$;

-- file store-contents.sql sha256 2792c55868d690f98dfb79c27ecd7a7913d05239c2841a98215e2e83792874a7
-- The contents of a batch (their n) that would take their account over its quota. An upload is refused whole; those
-- before it count.
CREATE OR REPLACE FUNCTION over_quota(batch jsonb) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  refused int[] := '{}';
  taken jsonb := '{}';
  part record;
BEGIN
  FOR part IN
    SELECT i."userId"::text AS account, array_agg(i.n) AS members,
      CASE WHEN count(*) > 1 THEN sum(i."storedBytes") ELSE max(greatest(d.stored_bytes, i."storedBytes")) END AS bytes,
      min(q.bytes - u.bytes) AS remaining
    FROM jsonb_to_recordset(batch->'contents') AS i(n int, upload int, root text, "storedBytes" bigint, "userId" uuid)
    JOIN jsonb_to_recordset(batch->'quotas') AS q("userId" uuid, bytes bigint) USING ("userId")
    JOIN account_usage u ON u.user_id = i."userId"
    LEFT JOIN counted_dags() d ON d.root = i.root
    GROUP BY i."userId", i.upload ORDER BY i.upload
  LOOP
    IF coalesce((taken->>part.account)::bigint, 0) + part.bytes > part.remaining THEN
      refused := refused || part.members;
    ELSE
      taken := taken || jsonb_build_object(part.account, coalesce((taken->>part.account)::bigint, 0) + part.bytes);
    END IF;
  END LOOP;
  RETURN refused;
END
$$;

-- The decisive transaction, in one round trip: a batch of contents whose bytes are durable. The DAGs, their runs and
-- CARs are storage's (commit_dags); the contents that refer to them, what their accounts store, and the news are
-- written here.
--
-- batch: { "contents": [{ n, upload, root, size, storedBytes (its share of what came), userId, cid, name, type, profile, replication, pinRequestId }],
--          "dags": [{ n, root, ... }], "cars": [...],       -- what commit_dags takes; a content and its DAG have the same n
--          "quotas": [{ userId, bytes }] }                  -- of the accounts that have one; they have a row in account_usage
--
-- Of a content that is refused, content_id is null and nothing is stored; when all are, nothing at all is written.
-- What a refused upload left in a shared CAR is dead. Locks, always in this order: what accounts store, then what
-- commit_dags locks.
CREATE OR REPLACE FUNCTION store_contents(batch jsonb)
RETURNS TABLE (n int, content_id bigint, dag_id bigint, kept boolean, dag_size bigint, dag_car_bytes bigint, dag_blocks int)
LANGUAGE plpgsql
-- Also what it calls: plans that a connection made while the tables were empty are by their indexes (see add_pins).
SET enable_seqscan = off AS $$
DECLARE
  known jsonb;
  refused int[] := '{}';
BEGIN
  PERFORM hold_usage(ARRAY(SELECT DISTINCT i."userId" FROM jsonb_to_recordset(batch->'contents') AS i("userId" uuid)));
  IF jsonb_array_length(coalesce(batch->'quotas', '[]')) > 0 THEN
    refused := over_quota(batch);
  END IF;
  IF cardinality(refused) > 0 THEN
    RETURN QUERY SELECT r, NULL::bigint, NULL::bigint, false, NULL::bigint, NULL::bigint, NULL::int FROM unnest(refused) AS r;
    IF cardinality(refused) = jsonb_array_length(batch->'contents') THEN
      RETURN;
    END IF;
    batch := without_refused(batch, refused);
  END IF;

  SELECT jsonb_agg(to_jsonb(d)) INTO known FROM commit_dags(batch) AS d;

  RETURN QUERY
  WITH item AS MATERIALIZED (
    SELECT i.*, nextval('contents_id_seq') AS id FROM jsonb_to_recordset(batch->'contents')
      AS i(n int, upload int, root text, "storedBytes" bigint, "userId" uuid, cid text, name text, type text,
           profile text, replication smallint, "pinRequestId" uuid)
  ), dag AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(known) AS k(dag_id bigint, root text, size bigint, car_bytes bigint, blocks int, kept int)
  ), counted AS MATERIALIZED (
    -- What was sent counts, also where the root was here already: other blocks that came along are held all the same.
    -- Roots that came together share what came: what each of them leads to is in it.
    -- One look at an index each: a join reads all DAGs while the table is not analysed.
    SELECT item.id,
      CASE WHEN count(*) OVER (PARTITION BY item.upload) > 1 THEN item."storedBytes"
        ELSE greatest((SELECT d.stored_bytes FROM counted_dags() d WHERE d.dag_id = dag.dag_id), item."storedBytes") END AS bytes,
      CASE WHEN count(*) OVER (PARTITION BY item.upload) > 1 THEN min(item.id) OVER (PARTITION BY item.upload) END AS upload_id
    FROM item JOIN dag USING (root)
  ), content AS (
    INSERT INTO contents (id, user_id, dag_id, cid, name, type, size, stored_bytes, upload_id, profile, replication, pin_request_id)
    SELECT item.id, item."userId", dag.dag_id, item.cid, item.name, item.type, dag.size, counted.bytes, counted.upload_id,
      item.profile, item.replication, item."pinRequestId"
    FROM item JOIN dag USING (root) JOIN counted ON counted.id = item.id
  ), usage AS (
    UPDATE account_usage u SET bytes = u.bytes + stored.bytes, contents = u.contents + stored.contents
    FROM (SELECT item."userId", sum(counted.bytes) AS bytes, count(*) AS contents
          FROM item JOIN counted ON counted.id = item.id GROUP BY 1) AS stored
    WHERE u.user_id = stored."userId"
  ), announced AS MATERIALIZED (
    SELECT announce('content.stored', jsonb_build_object('contents', jsonb_agg(jsonb_build_object(
      'contentId', item.id::text, 'userId', item."userId", 'cid', item.cid, 'size', dag.size) ORDER BY item.id)))::text
    FROM item JOIN dag USING (root)
  )
  SELECT item.n, item.id, dag.dag_id, coalesce(dag.kept = item.n, false), dag.size, dag.car_bytes, dag.blocks
  FROM item JOIN dag USING (root) CROSS JOIN announced ORDER BY item.n;

  IF jsonb_path_exists(known, '$[*] ? (@.restored == true)') THEN
    WITH back AS (
      UPDATE contents c SET state = 'stored', updated_at = now()
      FROM jsonb_to_recordset(known) AS k(dag_id bigint, restored boolean)
      WHERE k.restored AND c.dag_id = k.dag_id AND c.state = 'offloaded' RETURNING c.id
    )
    INSERT INTO content_moves (content_id, "from", "to", cause) SELECT id, 'offloaded', 'stored', 'its bytes were uploaded again' FROM back;
  END IF;
END
$$;

-- The batch without the contents that are refused: the bytes of their DAGs are dead.
CREATE OR REPLACE FUNCTION without_refused(batch jsonb, refused int[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT batch || jsonb_build_object(
    'contents', (SELECT jsonb_agg(item) FROM jsonb_array_elements(batch->'contents') AS item WHERE NOT (item->>'n')::int = ANY (refused)),
    'dags', (SELECT jsonb_agg(item) FROM jsonb_array_elements(batch->'dags') AS item WHERE NOT (item->>'n')::int = ANY (refused)),
    'dead', (SELECT jsonb_agg(run) FROM jsonb_array_elements(batch->'dags') AS item, jsonb_array_elements(item->'runs') AS run
             WHERE (item->>'n')::int = ANY (refused)))
$$;

RESET check_function_bodies;

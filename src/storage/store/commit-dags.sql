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

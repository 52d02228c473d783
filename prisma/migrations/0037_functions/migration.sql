-- Made by scripts/prisma-migration.mjs --functions out of the files of src/ that changed.

SET check_function_bodies = off;

-- file account-usage.sql sha256 387ab157a3c1d998e4e06ada62b1b36fe74706edb8705fc60576889481335351
-- What accounts store, as a figure: kept by every transaction that stores or deletes, for those accounts that have a row in account_usage. Rows
-- are made when a quota first asks (count_usage) and stay. An account that never had a quota is not counted, and pays one look at an index.

CREATE OR REPLACE FUNCTION usage_key(account uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('tidewater.usage.' || account::text, 0)
$$;

-- First statement of whatever stores or deletes contents of these accounts, before any other lock: nobody starts to count them meanwhile
-- (shared lock), and of those that are counted, the figures are ours to the end of the transaction. Always in the same order.
CREATE OR REPLACE FUNCTION hold_usage(accounts uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(k.key) FROM (SELECT DISTINCT usage_key(a) AS key FROM unnest(accounts) AS a ORDER BY 1) AS k;
  PERFORM FROM account_usage WHERE user_id = ANY (accounts) ORDER BY user_id FOR UPDATE;
END
$$;

-- From here on the account is counted. Waits for those who are storing, who cannot know yet that they have to add to the figure.
CREATE OR REPLACE FUNCTION count_usage(account uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(usage_key(account));
  INSERT INTO account_usage (user_id, bytes, contents)
    SELECT account, coalesce(sum(size), 0), count(*) FROM contents WHERE user_id = account AND state <> 'deleted'
    ON CONFLICT DO NOTHING;
END
$$;

-- file dag-locations.sql sha256 6f3f2644e0ea1b02f75e238aba62a11b557da416bc3c3566bfb13f9c317aa63f
-- What the SQL of rooms downstream may know of stored DAGs: set-returning functions without arguments, which the planner puts in place
-- like views. Tables may change behind them; these columns stay.

-- Every stored DAG.
CREATE OR REPLACE FUNCTION stored_dags() RETURNS TABLE (dag_id bigint, root text, size bigint, blocks int, hot boolean)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.root, g.size, g.blocks, g.hot FROM dags g
$$;

-- Where the miners' copy of each DAG lies: its stretches in CARs, in the order of seq. A CAR may come up several times.
CREATE OR REPLACE FUNCTION dag_locations() RETURNS TABLE (dag_id bigint, seq int, car_id uuid, run_offset bigint, run_length bigint)
LANGUAGE sql STABLE AS $$
  SELECT r.dag_id, r.seq, r.car_id, r."offset", r.length FROM runs r WHERE r.copy = 0
$$;

-- file fold-pin-deltas.sql sha256 3e613b157005223b54dfaac681141da8bca9be5d7bfde7dc48005df224e8cebc
-- Adds what the triggers wrote down (count-pins.sql) to the tallies, as much as asked for; says how much that was. Whoever comes second does
-- nothing. Planned anew each time: plans that were kept from when the tables were small joined row by row, and a million changes took minutes.
CREATE OR REPLACE FUNCTION fold_pin_deltas(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
  folded int;
  empty jsonb;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7031848) THEN RETURN 0; END IF;
  SELECT max(id) INTO last FROM (SELECT id FROM pin_deltas ORDER BY id LIMIT most) oldest;
  IF last IS NULL THEN RETURN 0; END IF;
  EXECUTE $sql$
    WITH taken AS (
      DELETE FROM pin_deltas WHERE id <= $1 RETURNING user_id, status, bucket, pins
    ), summed AS (
      SELECT user_id, level::smallint AS level, status, bucket >> (8 * level) AS bucket, sum(pins) AS pins
      FROM taken, generate_series(0, 3) level GROUP BY 1, 2, 3, 4
      UNION ALL
      SELECT '00000000-0000-0000-0000-000000000000', 4, status, 0, sum(pins) FROM taken GROUP BY status
    ), written AS (
      INSERT INTO pin_tallies AS t (user_id, level, status, bucket, pins)
      SELECT user_id, level, status, bucket, pins FROM summed WHERE pins <> 0
      ON CONFLICT (user_id, level, status, bucket) DO UPDATE SET pins = t.pins + EXCLUDED.pins
      RETURNING t.user_id, t.level, t.status, t.bucket, t.pins
    )
    SELECT (SELECT count(*) FROM taken), (SELECT jsonb_agg(written) FROM written WHERE pins = 0)
  $sql$ INTO folded, empty USING last;
  IF empty IS NOT NULL THEN
    EXECUTE $sql$
      DELETE FROM pin_tallies t USING jsonb_to_recordset($1) AS e(user_id uuid, level smallint, status text, bucket bigint)
      WHERE t.user_id = e.user_id AND t.level = e.level AND t.status = e.status AND t.bucket = e.bucket
    $sql$ USING empty;
  END IF;
  RETURN folded;
END $$;

-- file store-contents.sql sha256 feb66c979486f48b8792eb4961e7f6e2a70abf5c31d2995fd8a0797dbdf4e561
-- The contents of a batch (their n) that would take their account over its quota. An upload is refused whole; those before it count.
CREATE OR REPLACE FUNCTION over_quota(batch jsonb) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  refused int[] := '{}';
  taken jsonb := '{}';
  part record;
BEGIN
  FOR part IN
    SELECT i."userId"::text AS account, array_agg(i.n) AS members, sum(coalesce(d.size, i.size)) AS bytes, min(q.bytes - u.bytes) AS remaining
    FROM jsonb_to_recordset(batch->'contents') AS i(n int, upload int, root text, size bigint, "userId" uuid)
    JOIN jsonb_to_recordset(batch->'quotas') AS q("userId" uuid, bytes bigint) USING ("userId")
    JOIN account_usage u ON u.user_id = i."userId"
    LEFT JOIN stored_dags() d ON d.root = i.root
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

-- The decisive transaction, in one round trip: a batch of contents whose bytes are durable. The DAGs, their runs and CARs are storage's
-- (commit_dags); the contents that refer to them, what their accounts store, and the news are written here.
--
-- batch: { "contents": [{ n, upload, root, size, userId, cid, name, type, profile, replication, pinRequestId }],
--          "dags": [{ n, root, ... }], "cars": [...],       -- what commit_dags takes; a content and its DAG have the same n
--          "quotas": [{ userId, bytes }] }                  -- of the accounts that have one; they have a row in account_usage
--
-- Of a content that is refused, content_id is null and nothing is stored; when all are, nothing at all is written. What a refused upload
-- left in a shared CAR is dead. Locks, always in this order: what accounts store, then what commit_dags locks.
CREATE OR REPLACE FUNCTION store_contents(batch jsonb)
RETURNS TABLE (n int, content_id bigint, dag_id bigint, kept boolean, dag_size bigint, dag_car_bytes bigint, dag_blocks int)
LANGUAGE plpgsql AS $$
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
      AS i(n int, root text, "userId" uuid, cid text, name text, type text, profile text, replication smallint, "pinRequestId" uuid)
  ), dag AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(known) AS k(dag_id bigint, root text, size bigint, car_bytes bigint, blocks int, kept int)
  ), content AS (
    INSERT INTO contents (id, user_id, dag_id, cid, name, type, size, profile, replication, pin_request_id)
    SELECT item.id, item."userId", dag.dag_id, item.cid, item.name, item.type, dag.size, item.profile, item.replication, item."pinRequestId"
    FROM item JOIN dag USING (root)
  ), usage AS (
    UPDATE account_usage u SET bytes = u.bytes + stored.bytes, contents = u.contents + stored.contents
    FROM (SELECT item."userId", sum(dag.size) AS bytes, count(*) AS contents FROM item JOIN dag USING (root) GROUP BY 1) AS stored
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

-- file stored-contents.sql sha256 c94af31a03aebea16fcf65b6ed3cb3262f817e441608f6890fa62a9348ea2567
-- What the SQL of rooms downstream may know of contents: set-returning functions without arguments, which the planner puts in place
-- like views. Tables may change behind them; these columns stay.

-- Every content that is not deleted.
CREATE OR REPLACE FUNCTION stored_contents() RETURNS TABLE (
  content_id bigint, user_id uuid, dag_id bigint, root text, hot boolean, cid text, name text, size bigint, type text, state text,
  profile text, replication smallint, created_at timestamptz(3), updated_at timestamptz(3)
) LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.dag_id, g.root, g.hot, c.cid, c.name, c.size, c.type, c.state, c.profile, c.replication, c.created_at, c.updated_at
  FROM contents c JOIN stored_dags() g ON g.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

-- The CARs in which the miners' copy of each of them lies. A CAR may come up several times.
CREATE OR REPLACE FUNCTION content_cars() RETURNS TABLE (content_id bigint, user_id uuid, replication smallint, car_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.replication, l.car_id
  FROM contents c JOIN dag_locations() l ON l.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

-- file tally-announcements.sql sha256 8b5654a4b86f6bf8388b76964a046a69372f6e1ea259c58c292eb2d77e3606df
-- How many rows each state has: changes are added as rows of their own, so that no two writers wait for each other; the sweep adds
-- them up.
CREATE OR REPLACE FUNCTION tally_announcements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, count(*) FROM new_rows GROUP BY state;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, -count(*) FROM old_rows GROUP BY state;
  ELSE
    INSERT INTO announcement_tallies (state, rows)
      SELECT state, sum(n) FROM (SELECT state, 1 AS n FROM new_rows UNION ALL SELECT state, -1 FROM old_rows) AS moved GROUP BY state HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "announcements_added" AFTER INSERT ON "announcements" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE OR REPLACE TRIGGER "announcements_moved" AFTER UPDATE ON "announcements" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE OR REPLACE TRIGGER "announcements_gone" AFTER DELETE ON "announcements" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();

RESET check_function_bodies;

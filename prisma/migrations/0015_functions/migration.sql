-- Made by scripts/prisma-migration.mjs --functions out of the files of src/ that changed.

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

-- file add-pins.sql sha256 9156708b3033e9f6afd39a2025616e19ac5f7a3416cf199fdead45462a616596
-- Accepts pins of any number of accounts: one round trip, one transaction, so one commit answers all who asked meanwhile (pin-committer.ts).
--
-- given: [{ n, requestId, userId, cid, cidV1, name, origins, meta, most }]; `most` is the number of pins that the account may have, or null.
-- Answers with `n` and `created` of each pin that was accepted; those that would be too many for their account are not there.
--
-- `created` is unique per account to the millisecond and grows with every pin. Many at once take the milliseconds up to `asked`, as far back as
-- the account's last pin leaves free, so that a batch does not lie in the future. An account that goes on asking for more than 1,000 a second does get
-- there; its pins keep their order, and its cursors their meaning.
CREATE OR REPLACE FUNCTION add_pins(given jsonb, asked timestamptz) RETURNS TABLE (n int, created timestamptz) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  -- An account's pins are accepted one transaction after the other, or two of them would take the same millisecond. Locked in one order, or two batches might wait for each other.
  PERFORM pg_advisory_xact_lock(account.key)
  FROM (SELECT DISTINCT hashtextextended('pins ' || g."userId", 0) AS key FROM jsonb_to_recordset(given) AS g("userId" uuid) ORDER BY 1) account;

  RETURN QUERY
  WITH pin AS MATERIALIZED (
    SELECT g.*, row_number() OVER (PARTITION BY g."userId" ORDER BY g.n)::int AS nth
    FROM jsonb_to_recordset(given) AS g(n int, "requestId" uuid, "userId" uuid, cid text, "cidV1" text, name text, origins jsonb, meta jsonb, most int)
  ), asking AS MATERIALIZED (
    SELECT "userId", max(nth) AS pins, min(most) AS most FROM pin GROUP BY 1
  ), account AS MATERIALIZED (
    SELECT "userId", (SELECT max(created_at) FROM pins WHERE user_id = "userId") AS last, least(asking.pins, CASE WHEN most IS NOT NULL THEN
      most - (SELECT coalesce(sum(t.pins), 0) FROM pin_tallies t WHERE t.user_id = "userId" AND level = 3)
           - (SELECT coalesce(sum(d.pins), 0) FROM pin_deltas d WHERE d.user_id = "userId") END) AS pins
    FROM asking
  ), accepted AS MATERIALIZED (
    SELECT pin.*, greatest(asked - (account.pins - 1) * interval '1 millisecond', last + interval '1 millisecond') + (nth - 1) * interval '1 millisecond' AS at
    FROM pin JOIN account USING ("userId") WHERE nth <= account.pins
  ), added AS (
    INSERT INTO pins (request_id, user_id, cid, cid_v1, name, origins, meta, created_at, due_at, updated_at)
    SELECT "requestId", "userId", cid, "cidV1", name, origins, meta, at, least(at, asked), asked FROM accepted
  )
  SELECT accepted.n, at FROM accepted ORDER BY accepted.n;
END
$$;

-- file count-pins.sql sha256 312206749cee5afdbd419f5adbd76e990e6c896c8772ab7fe585d335c0508e0b
-- The number of an account's pins by status, before and after any moment, without counting them (store/pin-count.sql.ts reads it).
--
-- A trigger of the statement writes down what changed, so that no writer can forget to; appending, two writers never wait for
-- each other. The fold adds what was written down to the tallies. What was not folded yet is added by whoever reads.
--
-- `created_at` in milliseconds, shifted by 12, 20, 28 and 36 bits: 4 s, 17 min, 3 days, 2 years. Each tally of a level is the sum of 256 of
-- the level below, so that any stretch of time is some hundreds of rows, and the rest at its edge at most 4,096 pins (`created_at` is
-- unique per account). Level 4 is the whole platform, under the nil account.
CREATE OR REPLACE FUNCTION pin_bucket(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(epoch FROM at) * 1000)::bigint >> 12;

CREATE OR REPLACE FUNCTION note_added_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_deltas (user_id, status, bucket, pins)
  SELECT user_id, status, pin_bucket(created_at), count(*) FROM fresh WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION note_dropped_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_deltas (user_id, status, bucket, pins)
  SELECT user_id, status, pin_bucket(created_at), -count(*) FROM stale WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION note_moved_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_deltas (user_id, status, bucket, pins)
  SELECT user_id, status, pin_bucket(created_at), sum(pins) FROM (
    SELECT user_id, status, created_at, 1 AS pins FROM fresh WHERE deleted_at IS NULL
    UNION ALL
    SELECT user_id, status, created_at, -1 FROM stale WHERE deleted_at IS NULL
  ) moved GROUP BY 1, 2, 3 HAVING sum(pins) <> 0;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION forget_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM pin_deltas;
  DELETE FROM pin_tallies;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER pins_added AFTER INSERT ON "pins" REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_added_pins();
CREATE OR REPLACE TRIGGER pins_moved AFTER UPDATE ON "pins" REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_moved_pins();
CREATE OR REPLACE TRIGGER pins_dropped AFTER DELETE ON "pins" REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION note_dropped_pins();
CREATE OR REPLACE TRIGGER pins_emptied AFTER TRUNCATE ON "pins" FOR EACH STATEMENT EXECUTE FUNCTION forget_tallies();

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

-- file hold-reference.sql sha256 8976b991eb04b695e435fff5ee6f28deee9eb9a335611d480cff31eb217f5267
-- A further reference to a hot DAG, to be made in this transaction: its row is locked and its size is counted. No row: it is not hot.
CREATE OR REPLACE FUNCTION hold_reference(dag_root text, account uuid, quota bigint)
RETURNS TABLE (id bigint, size bigint, refused boolean)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM hold_usage(ARRAY[account]);
  SELECT d.id, d.size INTO id, size FROM dags d WHERE d.root = dag_root AND d.hot FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  refused := quota IS NOT NULL AND EXISTS (SELECT FROM account_usage u WHERE u.user_id = account AND u.bytes + hold_reference.size > quota);
  IF NOT refused THEN
    UPDATE account_usage u SET bytes = u.bytes + hold_reference.size, contents = u.contents + 1 WHERE u.user_id = account;
  END IF;
  RETURN NEXT;
END
$$;

-- file store-contents.sql sha256 4b6579ce179532c268f6bb83bfcefb0df3e90c10c51f81956f3402c5d68f40f3
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
    LEFT JOIN dags d ON d.root = i.root
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

-- Stores a batch of contents whose bytes are durable: one round trip, one transaction (docs/decisions: one committer per segment).
--
-- batch: { "contents": [{ n, upload, root, size, carBytes, blocks, runs: [{ carId, seq, offset, length }], userId, cid, name, type,
--                         profile, replication, pinRequestId }],
--          "cars": [{ id, bytes, seal: { root, terms, userId } | null }],
--          "quotas": [{ userId, bytes }] }
--
-- The row of a root in "dags" is the lock: commits and deletions of one root take turns, in the order of their roots.
-- The first content of a root that nobody holds hot gives its runs; of all others the bytes are dead.
--
-- quotas: of the accounts that have one (they have a row in account_usage); each content says to which upload of the batch it belongs. Of a
-- content that is refused, content_id is null and nothing is stored; when all are, nothing at all is written. What a refused upload left in a
-- shared CAR is dead.
CREATE OR REPLACE FUNCTION store_contents(batch jsonb)
RETURNS TABLE (n int, content_id bigint, dag_id bigint, kept boolean, dag_size bigint, dag_car_bytes bigint, dag_blocks int)
LANGUAGE plpgsql AS $$
DECLARE
  known jsonb;
  cold bigint[];
  written int;
  refused int[] := '{}';
  refused_runs jsonb;
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
    SELECT jsonb_agg(run.value) INTO refused_runs
      FROM jsonb_array_elements(batch->'contents') AS item, jsonb_array_elements(item.value->'runs') AS run
      WHERE (item.value->>'n')::int = ANY (refused);
    SELECT jsonb_set(batch, '{contents}', jsonb_agg(item.value)) INTO batch
      FROM jsonb_array_elements(batch->'contents') AS item WHERE NOT (item.value->>'n')::int = ANY (refused);
  END IF;

  WITH item AS (
    SELECT DISTINCT ON (i.root) i.* FROM jsonb_to_recordset(batch->'contents')
      AS i(n int, root text, size bigint, "carBytes" bigint, blocks int) ORDER BY i.root, i.n
  ), locked AS (
    INSERT INTO dags AS d (root, size, car_bytes, blocks)
    SELECT i.root, i.size, i."carBytes", i.blocks FROM item i ORDER BY i.root
    ON CONFLICT (root) DO UPDATE SET root = EXCLUDED.root
    RETURNING d.id, d.root, d.size, d.car_bytes, d.blocks, d.hot, (d.xmax = 0) AS fresh
  )
  SELECT jsonb_agg(jsonb_build_object('id', l.id, 'root', l.root, 'size', l.size, 'carBytes', l.car_bytes, 'blocks', l.blocks,
                                      'n', CASE WHEN l.fresh OR NOT l.hot THEN item.n END)),
         array_agg(l.id) FILTER (WHERE NOT l.hot)
    INTO known, cold FROM locked l JOIN item USING (root);

  RETURN QUERY
  WITH item AS MATERIALIZED (
    SELECT i.*, nextval('contents_id_seq') AS id FROM jsonb_to_recordset(batch->'contents')
      AS i(n int, root text, size bigint, runs jsonb, "userId" uuid, cid text, name text, type text, profile text,
           replication smallint, "pinRequestId" uuid)
  ), dag AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(known) AS k(id bigint, root text, size bigint, "carBytes" bigint, blocks int, n int)
  ), run AS (
    INSERT INTO runs (dag_id, copy, seq, car_id, "offset", length)
    SELECT dag.id, coalesce((SELECT max(r.copy) + 1 FROM runs r WHERE r.dag_id = dag.id), 0), x.seq, x."carId", x."offset", x.length
    FROM item JOIN dag ON dag.root = item.root AND dag.n = item.n
    CROSS JOIN LATERAL jsonb_to_recordset(item.runs) AS x("carId" uuid, seq int, "offset" bigint, length bigint)
  ), content AS (
    INSERT INTO contents (id, user_id, dag_id, cid, name, type, size, profile, replication, pin_request_id)
    SELECT item.id, item."userId", dag.id, item.cid, item.name, item.type, dag.size, item.profile, item.replication, item."pinRequestId"
    FROM item JOIN dag USING (root)
  ), usage AS (
    UPDATE account_usage u SET bytes = u.bytes + stored.bytes, contents = u.contents + stored.contents
    FROM (SELECT item."userId", sum(dag.size) AS bytes, count(*) AS contents FROM item JOIN dag USING (root) GROUP BY 1) AS stored
    WHERE u.user_id = stored."userId"
  ), event AS (
    INSERT INTO outbox (name, payload)
    SELECT 'content.stored', jsonb_build_object('contents', jsonb_agg(jsonb_build_object(
      'contentId', item.id::text, 'userId', item."userId", 'cid', item.cid, 'size', dag.size) ORDER BY item.id))
    FROM item JOIN dag USING (root)
  )
  SELECT item.n, item.id, dag.id, coalesce(dag.n = item.n, false), dag.size, dag."carBytes", dag.blocks
  FROM item JOIN dag USING (root) ORDER BY item.n;

  IF cold IS NOT NULL THEN
    UPDATE dags SET hot = true WHERE id = ANY (cold);
    WITH moved AS (
      UPDATE contents SET state = 'stored', updated_at = now() WHERE contents.dag_id = ANY (cold) AND state = 'offloaded' RETURNING id
    )
    INSERT INTO content_moves (content_id, "from", "to", cause) SELECT id, 'offloaded', 'stored', 'its bytes were uploaded again' FROM moved;
  END IF;

  WITH dead AS (
    SELECT x."carId", x.length
    FROM jsonb_to_recordset(batch->'contents') AS i(n int, root text, runs jsonb)
    JOIN jsonb_to_recordset(known) AS k(root text, n int) ON k.root = i.root AND k.n IS DISTINCT FROM i.n
    CROSS JOIN LATERAL jsonb_to_recordset(i.runs) AS x("carId" uuid, length bigint)
    UNION ALL SELECT x."carId", x.length FROM jsonb_to_recordset(coalesce(refused_runs, '[]')) AS x("carId" uuid, length bigint)
  ), loser AS (
    SELECT "carId", sum(length) AS bytes FROM dead GROUP BY 1
  )
  UPDATE cars c SET bytes = greatest(c.bytes, w.bytes), dead_bytes = c.dead_bytes + coalesce((SELECT l.bytes FROM loser l WHERE l."carId" = c.id), 0)
  FROM jsonb_to_recordset(batch->'cars') AS w(id uuid, bytes bigint) WHERE c.id = w.id AND c.state = 'open';
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> jsonb_array_length(batch->'cars') THEN
    RAISE EXCEPTION 'a CAR of this batch is not open any more';
  END IF;

  IF jsonb_path_exists(batch, '$.cars[*].seal ? (@ != null)') THEN
    WITH ended AS (
      SELECT w.id, w.seal FROM jsonb_to_recordset(batch->'cars') AS w(id uuid, seal jsonb) WHERE w.seal IS NOT NULL
    ), sealed AS (
      UPDATE cars c SET state = 'sealed', sealed_at = now(), root = e.seal->>'root', terms = nullif(e.seal->'terms', 'null'::jsonb), user_id = (e.seal->>'userId')::uuid
      FROM ended e WHERE c.id = e.id AND EXISTS (SELECT FROM runs r WHERE r.car_id = c.id)
      RETURNING c.id, c.root, c.bytes, c.kind, c.terms, c.user_id
    )
    INSERT INTO outbox (name, payload)
    SELECT 'car.sealed', jsonb_build_object('carId', id, 'root', root, 'carBytes', bytes, 'kind', kind, 'terms', terms, 'userId', user_id) FROM sealed;

    UPDATE cars c SET state = 'discarded', hot = false
    FROM jsonb_to_recordset(batch->'cars') AS w(id uuid, seal jsonb) WHERE w.seal IS NOT NULL AND c.id = w.id AND c.state = 'open';
  END IF;

  PERFORM pg_notify('tidewater_outbox', '');
END
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

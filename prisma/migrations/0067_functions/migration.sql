-- Made by scripts/prisma-migration.mjs --functions out of the files of src/ that changed.

SET check_function_bodies = off;

-- file account-usage.sql sha256 1eb6aec71e9ccf9763c3e0177ef61147bdca219ef4be24a51c75089f47b1140b
-- What accounts store (the bytes of the blocks that are held for their contents, not what a root claims), as a
-- figure: kept by every transaction that stores or deletes, for those accounts that have a row in account_usage. Rows
-- are made when a quota first asks (count_usage) and stay. An account that never had a quota is not counted, and pays
-- one look at an index.

CREATE OR REPLACE FUNCTION usage_key(account uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('tidewater.usage.' || account::text, 0)
$$;

-- First statement of whatever stores or deletes contents of these accounts, before any other lock: nobody starts to
-- count them meanwhile (shared lock), and of those that are counted, the figures are ours to the end of the
-- transaction. Always in the same order.
CREATE OR REPLACE FUNCTION hold_usage(accounts uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(k.key) FROM (SELECT DISTINCT usage_key(a) AS key FROM unnest(accounts) AS a ORDER BY 1) AS k;
  PERFORM FROM account_usage WHERE user_id = ANY (accounts) ORDER BY user_id FOR UPDATE;
END
$$;

-- From here on the account is counted. Waits for those who are storing, who cannot know yet that they have to add to
-- the figure.
CREATE OR REPLACE FUNCTION count_usage(account uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(usage_key(account));
  INSERT INTO account_usage (user_id, bytes, contents)
    SELECT account, coalesce(sum(stored_bytes), 0), count(*) FROM contents WHERE user_id = account AND state <> 'deleted'
    ON CONFLICT DO NOTHING;
END
$$;

-- file add-pins.sql sha256 c6691ddfce55bfa7cb16640022df2af6b6ad026c09e1e9cf8343cd5dc65eba31
-- Accepts pins of any number of accounts: one round trip, one transaction, so one commit answers all who asked
-- meanwhile (pin-committer.store.ts).
--
-- given: [{ n, requestId, userId, cid, cidV1, name, origins, meta, most }]; `most` is the number of pins that the
-- account may have, or null. Answers with `n` and `created` of each pin that was accepted; those that would be too
-- many for their account are not there.
--
-- `created` is unique per account to the millisecond and grows with every pin. Many at once take the milliseconds up
-- to `asked`, as far back as the account's last pin leaves free, so that a batch does not lie in the future. An
-- account that goes on asking for more than 1,000 a second does get there; its pins keep their order, and its cursors
-- their meaning.
--
-- A connection keeps a function's plans from when the tables were empty and reading them whole was cheap, until they
-- are analysed. By their indexes, then, whatever the size.
CREATE OR REPLACE FUNCTION add_pins(given jsonb, asked timestamptz) RETURNS TABLE (n int, created timestamptz)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  -- An account's pins are accepted one transaction after the other, or two of them would take the same millisecond.
  -- Locked in one order, or two batches might wait for each other.
  PERFORM pg_advisory_xact_lock(account.key)
  FROM (SELECT DISTINCT hashtextextended('pins ' || g."userId", 0) AS key
        FROM jsonb_to_recordset(given) AS g("userId" uuid) ORDER BY 1) account;

  RETURN QUERY
  WITH pin AS MATERIALIZED (
    SELECT g.*, row_number() OVER (PARTITION BY g."userId" ORDER BY g.n)::int AS nth
    FROM jsonb_to_recordset(given) AS g(n int, "requestId" uuid, "userId" uuid, cid text, "cidV1" text, name text,
      origins jsonb, meta jsonb, most int)
  ), asking AS MATERIALIZED (
    SELECT "userId", max(nth) AS pins, min(most) AS most FROM pin GROUP BY 1
  ), account AS MATERIALIZED (
    -- The last by the index that ends with it: max() of a table that was not analysed yet reads all pins of the account.
    SELECT "userId", (SELECT created_at FROM pins WHERE user_id = "userId" ORDER BY created_at DESC LIMIT 1) AS last,
      least(asking.pins, CASE WHEN most IS NOT NULL THEN
      most - (SELECT coalesce(sum(t.pins), 0) FROM pin_tallies t WHERE t.user_id = "userId" AND level = 3)
           - (SELECT coalesce(sum(d.pins), 0) FROM pin_deltas d WHERE d.user_id = "userId") END) AS pins
    FROM asking
  ), accepted AS MATERIALIZED (
    SELECT pin.*,
      greatest(asked - (account.pins - 1) * interval '1 millisecond', last + interval '1 millisecond') + (nth - 1) * interval '1 millisecond' AS at
    FROM pin JOIN account USING ("userId") WHERE nth <= account.pins
  ), added AS (
    INSERT INTO pins (request_id, user_id, cid, cid_v1, name, origins, meta, created_at, next_check_at, updated_at)
    SELECT "requestId", "userId", cid, "cidV1", name, origins, meta, at, least(at, asked), asked FROM accepted
  )
  SELECT accepted.n, at FROM accepted ORDER BY accepted.n;
END
$$;

-- file announce.sql sha256 0b0dc8f67cfd4a496bf3a602959914c61d13c1f2ad16e5e7be9a30eca2646f44
-- Announces a fact from within a function of SQL: the same row and the same wake-up as Outbox.add, in the same
-- transaction as the change it speaks of. The payload is not checked here: whoever calls it has a test that holds it
-- against the event's schema.
CREATE OR REPLACE FUNCTION announce(event text, payload jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO outbox (name, payload) VALUES (event, payload);
  SELECT pg_notify('tidewater_outbox', '');
$$;

-- file claim-pin.sql sha256 9226d9fb7cfea8319dbfbeafa8466ec2a8d59fcb71ce64fc5605746555b9cce4
-- Which pin a worker fetches next (postgres-pin-leases.store.ts).

-- Accounts that have pins waiting, whenever these are due. Hops from account to account over the index of waiting
-- pins: a loose index scan, as long as the accounts are many, not the pins. Ordered as that index is, or the planner
-- may take one in which the pins of accounts that wait for nothing lie in between.
CREATE OR REPLACE FUNCTION accounts_with_waiting_pins() RETURNS TABLE (user_id uuid) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE waiting AS (
    (SELECT user_id FROM pins WHERE status = 'queued' AND deleted_at IS NULL ORDER BY user_id, next_check_at LIMIT 1)
    UNION ALL
    SELECT (SELECT user_id FROM pins WHERE status = 'queued' AND deleted_at IS NULL AND user_id > waiting.user_id
      ORDER BY user_id, next_check_at LIMIT 1)
    FROM waiting WHERE waiting.user_id IS NOT NULL
  )
  SELECT user_id FROM waiting WHERE user_id IS NOT NULL
$$;

-- Announces what a pin has become: the payload of `pin.changed` (pinning.events.ts).
CREATE OR REPLACE FUNCTION announce_pin(pin pins) RETURNS void LANGUAGE sql AS $$
  SELECT announce('pin.changed', jsonb_build_object(
    'requestId', pin.request_id, 'userId', pin.user_id, 'cid', pin.cid, 'status', pin.status, 'reason', pin.reason))
$$;

-- Takes each waiting account's pin that has been due longest, and of these the one whose turn it is; leases it for
-- `lease_ms`, remembers that the account was served, by the database's clock, which goes on between two claims of one
-- millisecond, and announces it. `next_check_at` stays: it is the pin's place. No row when nothing is due. One round
-- trip, or a worker that searches for thousands of pins would wait for its claims.
--
-- `given`: the time, of tests; null: the database's own, so that a worker whose clock is wrong takes nothing early
-- and keeps nothing for long. `weighted` and `weights`: accounts that have another share than 1.
DROP FUNCTION IF EXISTS claim_pin(timestamptz, timestamptz, uuid[], float8[]);
CREATE OR REPLACE FUNCTION claim_pin(given timestamptz, lease_ms float8, weighted uuid[], weights float8[])
RETURNS SETOF pins LANGUAGE plpgsql AS $$
DECLARE
  claimed pins;
  asked timestamptz;
BEGIN
  -- One claim at a time, or two workers would see the same account at the same number. What follows sees all that the
  -- last one committed.
  PERFORM pg_advisory_xact_lock(hashtext('tidewater.pins.claim'));
  asked := coalesce(given, clock_timestamp());

  WITH running AS (
    SELECT p.user_id, count(*) AS pins FROM pins p WHERE p.status = 'pinning' AND p.deleted_at IS NULL GROUP BY p.user_id
  ), next AS (
    SELECT head.request_id FROM accounts_with_waiting_pins() AS waiting
    CROSS JOIN LATERAL (
      SELECT p.request_id, p.next_check_at FROM pins p
      WHERE p.user_id = waiting.user_id AND p.status = 'queued' AND p.deleted_at IS NULL
        AND p.next_check_at <= asked AND (p.lease_until IS NULL OR p.lease_until <= asked)
      ORDER BY p.next_check_at LIMIT 1) head
    LEFT JOIN running USING (user_id)
    LEFT JOIN pin_turns turn USING (user_id)
    LEFT JOIN unnest(weighted, weights) AS share(user_id, weight) USING (user_id)
    ORDER BY coalesce(running.pins, 0) / coalesce(share.weight, 1), turn.served_at NULLS FIRST, head.next_check_at LIMIT 1
  )
  UPDATE pins SET status = 'pinning', lease_until = asked + lease_ms * interval '1 millisecond',
    lease_number = pins.lease_number + 1, updated_at = asked
  FROM next WHERE pins.request_id = next.request_id AND pins.status = 'queued' AND pins.deleted_at IS NULL
  RETURNING pins.* INTO claimed;
  IF NOT FOUND THEN RETURN; END IF;

  INSERT INTO pin_turns AS turn (user_id, served_at) VALUES (claimed.user_id, clock_timestamp())
  ON CONFLICT (user_id) DO UPDATE SET served_at = excluded.served_at;
  PERFORM announce_pin(claimed);
  RETURN NEXT claimed;
END
$$;

-- file commit-dags.sql sha256 f8f8f5e1e126ffe611a04779b16e22d822b5a75ec8b18d38514c837273a15d62
-- The storage half of the decisive transaction: DAGs whose bytes are durable get their rows. Whoever keeps the
-- references to them (DagReferences) calls it in the same transaction, before it writes its own.
--
-- batch: { "dags": [{ n, root, size, storedBytes, carBytes, blocks, whole, runs: [{ carId, seq, offset, length }] }],
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

-- file count-pins.sql sha256 3c39abda09e345dfc6971e98b408b6775ce9010a5e3679e920527f2c1c268115
-- The number of an account's pins by status, before and after any moment, without counting them (pin-list.sql.ts
-- reads it).
--
-- A trigger of the statement writes down what changed, so that no writer can forget to; appending, two writers never
-- wait for each other. The fold adds what was written down to the tallies. What was not folded yet is added by
-- whoever reads.
--
-- `created_at` in milliseconds, shifted by 12, 20, 28 and 36 bits: 4 s, 17 min, 3 days, 2 years. Each tally of a
-- level is the sum of 256 of the level below, so that any stretch of time is some hundreds of rows, and the rest at
-- its edge at most 4,096 pins (`created_at` is unique per account). Level 4 is the whole platform, under the nil
-- account.
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

CREATE OR REPLACE TRIGGER pins_added AFTER INSERT ON "pins"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_added_pins();
CREATE OR REPLACE TRIGGER pins_moved AFTER UPDATE ON "pins"
  REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_moved_pins();
CREATE OR REPLACE TRIGGER pins_dropped AFTER DELETE ON "pins"
  REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION note_dropped_pins();
CREATE OR REPLACE TRIGGER pins_emptied AFTER TRUNCATE ON "pins" FOR EACH STATEMENT EXECUTE FUNCTION forget_tallies();

-- file dag-locations.sql sha256 e69d3fcee5a15ca39cea621c28b356d3221ac39f6e614b41dc0de4219b6a75a6
-- What the SQL of rooms downstream may know of stored DAGs: set-returning functions without arguments, which the
-- planner puts in place like views. Tables may change behind them; these columns stay.

-- Every stored DAG.
CREATE OR REPLACE FUNCTION stored_dags() RETURNS TABLE (dag_id bigint, root text, size bigint, blocks int, hot boolean)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.root, g.size, g.blocks, g.hot FROM dags g
$$;

-- What each of them counts for in a quota: the bytes of the blocks held for it (src/storage/domain/counted-bytes.ts).
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

-- file fold-pin-deltas.sql sha256 0dacc93a2bab04e985635b1836f8eddf099b0dc8a2c5f1107334a383c1ed2b98
-- Adds what the triggers wrote down (count-pins.sql) to the tallies, as much as asked for; says how much that was.
-- Whoever comes second does nothing. Planned anew each time: plans that were kept from when the tables were small
-- joined row by row, and a million changes took minutes.
CREATE OR REPLACE FUNCTION fold_pin_deltas(most int) RETURNS int LANGUAGE plpgsql
-- As in add_pins: by the indexes, whatever the size.
SET enable_seqscan = off AS $$
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

-- file hold-reference.sql sha256 4eb5f8a22cd9c215ced541c3d8c786dfd631096e715cfa26ac1c336eadfa39ce
DROP FUNCTION IF EXISTS hold_reference(text, uuid, bigint);

-- A further reference to a hot DAG, to be made in this transaction: its row is locked and what it counts for is
-- counted. No row: it is not hot, or not known to be whole.
CREATE OR REPLACE FUNCTION hold_reference(dag_root text, account uuid, quota bigint)
RETURNS TABLE (id bigint, size bigint, stored_bytes bigint, refused boolean)
LANGUAGE plpgsql AS $$
DECLARE
  counted bigint;
BEGIN
  PERFORM hold_usage(ARRAY[account]);
  SELECT d.id, d.size INTO id, size FROM lock_whole_dag(dag_root) d;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT d.stored_bytes INTO counted FROM counted_dags() d WHERE d.root = dag_root;
  stored_bytes := counted;
  refused := quota IS NOT NULL AND EXISTS (SELECT FROM account_usage u WHERE u.user_id = account AND u.bytes + counted > quota);
  IF NOT refused THEN
    UPDATE account_usage u SET bytes = u.bytes + counted, contents = u.contents + 1 WHERE u.user_id = account;
  END IF;
  RETURN NEXT;
END
$$;

-- file lock-dags.sql sha256 5b167f19d90ac548b9a81dd9e033964bcb1f80780783136179de80afce839b17
-- The row of a DAG is the lock of everything that happens to it. For rooms downstream, too, in their own statements.

-- The row of a hot DAG, locked to the end of the transaction. No row: it is not hot.
CREATE OR REPLACE FUNCTION lock_hot_dag(dag_root text) RETURNS TABLE (id bigint, size bigint) LANGUAGE sql AS $$
  SELECT d.id, d.size FROM dags d WHERE d.root = dag_root AND d.hot FOR UPDATE
$$;

-- The same for a further reference to what is stored: only a DAG that was followed from its root to the last leaf
-- stands for others.
CREATE OR REPLACE FUNCTION lock_whole_dag(dag_root text) RETURNS TABLE (id bigint, size bigint) LANGUAGE sql AS $$
  SELECT d.id, d.size FROM dags d WHERE d.root = dag_root AND d.hot AND d.whole FOR UPDATE
$$;

-- The row of a DAG by id, locked, hot or not.
CREATE OR REPLACE FUNCTION lock_dag(dag bigint) RETURNS TABLE (id bigint, root text) LANGUAGE sql AS $$
  SELECT d.id, d.root FROM dags d WHERE d.id = dag FOR UPDATE
$$;

-- file store-contents.sql sha256 861e8479766700ba384c0a2c2449a81451668ba70e8a194b7a7af2d69fd639e5
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
      sum(greatest(d.stored_bytes, i."storedBytes")) AS bytes, min(q.bytes - u.bytes) AS remaining
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
-- batch: { "contents": [{ n, upload, root, size, storedBytes, userId, cid, name, type, profile, replication, pinRequestId }],
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
    -- One look at an index each: a join reads all DAGs while the table is not analysed.
    SELECT item.id,
      greatest((SELECT d.stored_bytes FROM counted_dags() d WHERE d.dag_id = dag.dag_id), item."storedBytes") AS bytes,
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

-- file stored-contents.sql sha256 67f0990699090fd118978cdae3b09e5e4c87a706794cd36513c3828d3967437a
-- What the SQL of rooms downstream may know of contents: set-returning functions without arguments, which the planner
-- puts in place like views. Tables may change behind them; these columns stay.

-- Every content that is not deleted.
CREATE OR REPLACE FUNCTION stored_contents() RETURNS TABLE (
  content_id bigint, user_id uuid, dag_id bigint, root text, hot boolean, cid text, name text, size bigint, type text, state text,
  profile text, replication smallint, created_at timestamptz(3), updated_at timestamptz(3)
) LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.dag_id, g.root, g.hot, c.cid, c.name, c.size, c.type, c.state,
    c.profile, c.replication, c.created_at, c.updated_at
  FROM contents c JOIN stored_dags() g ON g.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

-- The CARs in which the miners' copy of each of them lies. A CAR may come up several times.
CREATE OR REPLACE FUNCTION content_cars() RETURNS TABLE (content_id bigint, user_id uuid, replication smallint, car_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.replication, l.car_id
  FROM contents c JOIN dag_locations() l ON l.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

-- file tally-announcements.sql sha256 f2370d583e9bf6abd60d3226775f5bf0bd94e01f9923bd82426c6674e3df8e15
-- How many rows each state has: changes are added as rows of their own, so that no two writers wait for each other;
-- the sweep adds them up.
CREATE OR REPLACE FUNCTION tally_announcements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, count(*) FROM new_rows GROUP BY state;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, -count(*) FROM old_rows GROUP BY state;
  ELSE
    INSERT INTO announcement_tallies (state, rows)
      SELECT state, sum(n) FROM (SELECT state, 1 AS n FROM new_rows UNION ALL SELECT state, -1 FROM old_rows) AS moved
      GROUP BY state HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "announcements_added" AFTER INSERT ON "announcements"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE OR REPLACE TRIGGER "announcements_moved" AFTER UPDATE ON "announcements"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE OR REPLACE TRIGGER "announcements_gone" AFTER DELETE ON "announcements"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();

-- file writer-epoch.sql sha256 002246ff77ebb887099f965ac7efd2750bb63df704b8a3256e649fef330fd359
-- Which taking of a node's process holds its name now ('<node id>/<role>'; WriterSession). 0: nobody ever took it.
-- For statements of rooms that whoever had the name before must not run any more.
CREATE OR REPLACE FUNCTION writer_epoch(process_name text) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT p.epoch FROM processes p WHERE p.name = process_name), 0)
$$;

RESET check_function_bodies;

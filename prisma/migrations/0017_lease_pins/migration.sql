-- Pins get the column names of every leased table: the number of claims was the fencing number already, and what is due was apart from
-- the lease already (0008). The partial indexes over them follow by themselves.
ALTER TABLE "pins" RENAME COLUMN "attempts" TO "lease_number";
ALTER TABLE "pins" RENAME COLUMN "due_at" TO "next_check_at";
-- A lease counts while its end is there.
UPDATE "pins" SET "lease_until" = NULL WHERE "status" <> 'pinning' AND "lease_until" IS NOT NULL;

-- file add-pins.sql sha256 6f24e312dd0eb4a286836992c3601d380984b84eaf96c3862d656c705ec9e69b
-- Accepts pins of any number of accounts: one round trip, one transaction, so one commit answers all who asked meanwhile (pin-committer.store.ts).
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
    INSERT INTO pins (request_id, user_id, cid, cid_v1, name, origins, meta, created_at, next_check_at, updated_at)
    SELECT "requestId", "userId", cid, "cidV1", name, origins, meta, at, least(at, asked), asked FROM accepted
  )
  SELECT accepted.n, at FROM accepted ORDER BY accepted.n;
END
$$;

-- file count-pins.sql sha256 5834b6d0f58d1975fc8c68fdcd81bf1e0fb463fee07863cb40e617f4a745a89c
-- The number of an account's pins by status, before and after any moment, without counting them (pin-list.sql.ts reads it).
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

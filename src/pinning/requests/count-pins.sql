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

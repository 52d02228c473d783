-- The number of an account's pins by status, before and after any moment, without counting them (store/pin-count.sql.ts reads it).
--
-- A trigger of the statement writes down what changed, so that no writer can forget to; appending, two writers never wait for
-- each other. The fold adds what was written down to the tallies. What was not folded yet is added by whoever reads.
--
-- `created_at` in milliseconds, shifted by 12, 20, 28 and 36 bits: 4 s, 17 min, 3 days, 2 years. Each tally of a level is the sum of 256 of
-- the level below, so that any stretch of time is some hundreds of rows, and the rest at its edge at most 4,096 pins (`created_at` is
-- unique per account). Level 4 is the whole platform, under the nil account.
CREATE TABLE "pin_tallies" (
    "user_id" UUID NOT NULL,
    "level" SMALLINT NOT NULL,
    "status" TEXT NOT NULL,
    "bucket" BIGINT NOT NULL,
    "pins" BIGINT NOT NULL,

    CONSTRAINT "pin_tallies_pkey" PRIMARY KEY ("user_id", "level", "status", "bucket")
) WITH (fillfactor = 70);

CREATE TABLE "pin_deltas" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "bucket" BIGINT NOT NULL,
    "pins" INTEGER NOT NULL,

    CONSTRAINT "pin_deltas_pkey" PRIMARY KEY ("id")
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX "pin_deltas_user_id_idx" ON "pin_deltas"("user_id");

CREATE FUNCTION pin_bucket(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(epoch FROM at) * 1000)::bigint >> 12;

CREATE FUNCTION note_added_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_deltas (user_id, status, bucket, pins)
  SELECT user_id, status, pin_bucket(created_at), count(*) FROM fresh WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
  RETURN NULL;
END $$;

CREATE FUNCTION note_dropped_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_deltas (user_id, status, bucket, pins)
  SELECT user_id, status, pin_bucket(created_at), -count(*) FROM stale WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
  RETURN NULL;
END $$;

CREATE FUNCTION note_moved_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_deltas (user_id, status, bucket, pins)
  SELECT user_id, status, pin_bucket(created_at), sum(pins) FROM (
    SELECT user_id, status, created_at, 1 AS pins FROM fresh WHERE deleted_at IS NULL
    UNION ALL
    SELECT user_id, status, created_at, -1 FROM stale WHERE deleted_at IS NULL
  ) moved GROUP BY 1, 2, 3 HAVING sum(pins) <> 0;
  RETURN NULL;
END $$;

CREATE FUNCTION forget_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM pin_deltas;
  DELETE FROM pin_tallies;
  RETURN NULL;
END $$;

CREATE TRIGGER pins_added AFTER INSERT ON "pins" REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_added_pins();
CREATE TRIGGER pins_moved AFTER UPDATE ON "pins" REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_moved_pins();
CREATE TRIGGER pins_dropped AFTER DELETE ON "pins" REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION note_dropped_pins();
CREATE TRIGGER pins_emptied AFTER TRUNCATE ON "pins" FOR EACH STATEMENT EXECUTE FUNCTION forget_tallies();

-- Adds what was written down to the tallies, as much as asked for; says how much that was. Whoever comes second does nothing.
CREATE FUNCTION fold_pin_deltas(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  folded int;
  empty jsonb;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7031848) THEN RETURN 0; END IF;
  WITH taken AS (
    DELETE FROM pin_deltas WHERE id IN (SELECT id FROM pin_deltas ORDER BY id LIMIT most) RETURNING user_id, status, bucket, pins
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
  SELECT (SELECT count(*) FROM taken), (SELECT jsonb_agg(written) FROM written WHERE pins = 0) INTO folded, empty;
  IF empty IS NOT NULL THEN
    DELETE FROM pin_tallies t USING jsonb_to_recordset(empty) AS e(user_id uuid, level smallint, status text, bucket bigint)
    WHERE (t.user_id, t.level, t.status, t.bucket) = (e.user_id, e.level, e.status, e.bucket);
  END IF;
  RETURN folded;
END $$;

-- What is there already.
INSERT INTO pin_deltas (user_id, status, bucket, pins)
SELECT user_id, status, pin_bucket(created_at), count(*) FROM pins WHERE deleted_at IS NULL GROUP BY 1, 2, 3;

-- Names, exactly or whatever their case.
CREATE INDEX "pins_user_id_lower_name_idx" ON "pins"("user_id", lower("name"));

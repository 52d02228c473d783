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

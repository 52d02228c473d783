-- f01234 and t01234 are one miner: the rows that 0061 left under the rarer letter get the other one, too.
DO $$
DECLARE letter text;
BEGIN
  SELECT left(miner, 1) INTO letter FROM (SELECT miner FROM deals UNION ALL SELECT address FROM miners) m
    WHERE miner ~ '^[ft][0-4]' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1;
  IF letter IS NULL THEN RETURN; END IF;

  -- What retrievals say of miners: who gave the bytes, and why the others did not.
  UPDATE retrievals SET miner = letter || substr(miner, 2) WHERE miner ~ '^[ft][0-4]' AND left(miner, 1) <> letter;
  UPDATE retrievals r SET reasons = (
    SELECT jsonb_agg(CASE WHEN reason->>'miner' ~ '^[ft][0-4]'
      THEN jsonb_set(reason, '{miner}', to_jsonb(letter || substr(reason->>'miner', 2))) ELSE reason END ORDER BY n)
    FROM jsonb_array_elements(r.reasons) WITH ORDINALITY AS each(reason, n))
  WHERE jsonb_typeof(r.reasons) = 'array' AND EXISTS (
    SELECT 1 FROM jsonb_array_elements(r.reasons) AS reason
    WHERE reason->>'miner' ~ '^[ft][0-4]' AND left(reason->>'miner', 1) <> letter);

  -- Deals that were live beside another one of the same miner, and are over by now.
  UPDATE deals d SET miner = letter || substr(d.miner, 2) WHERE d.miner ~ '^[ft][0-4]' AND left(d.miner, 1) <> letter
    AND NOT (d.live AND EXISTS (SELECT 1 FROM deals o WHERE o.car_id = d.car_id AND o.live AND o.miner = letter || substr(d.miner, 2)));

  -- Days that stand under both letters are one day.
  UPDATE measurements SET miner = letter || substr(miner, 2) WHERE miner ~ '^[ft][0-4]' AND left(miner, 1) <> letter;
  WITH rare AS (DELETE FROM miner_days WHERE miner ~ '^[ft][0-4]' AND left(miner, 1) <> letter RETURNING *)
  INSERT INTO miner_days AS d (miner, day, proposals, accepted, published, active, failed, slashed, retrievals, retrievals_failed, bytes)
  SELECT letter || substr(miner, 2), day, proposals, accepted, published, active, failed, slashed, retrievals, retrievals_failed, bytes FROM rare
  ON CONFLICT (miner, day) DO UPDATE SET proposals = d.proposals + excluded.proposals, accepted = d.accepted + excluded.accepted,
    published = d.published + excluded.published, active = d.active + excluded.active, failed = d.failed + excluded.failed,
    slashed = d.slashed + excluded.slashed, retrievals = d.retrievals + excluded.retrievals,
    retrievals_failed = d.retrievals_failed + excluded.retrievals_failed, bytes = d.bytes + excluded.bytes;
END $$;

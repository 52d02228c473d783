-- f01234 and t01234 are one miner: the letter names the network. Rows under the rarer letter get the other one.
DO $$
DECLARE letter text;
BEGIN
  SELECT left(miner, 1) INTO letter FROM (SELECT miner FROM deals UNION ALL SELECT address FROM miners) m
    WHERE miner ~ '^[ft][0-4]' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1;
  IF letter IS NULL THEN RETURN; END IF;
  DELETE FROM miners m WHERE m.address ~ '^[ft]' AND left(m.address, 1) <> letter
    AND EXISTS (SELECT 1 FROM miners o WHERE o.address = letter || substr(m.address, 2));
  UPDATE miners SET address = letter || substr(address, 2) WHERE address ~ '^[ft]' AND left(address, 1) <> letter;
  UPDATE deals d SET miner = letter || substr(d.miner, 2) WHERE d.miner ~ '^[ft]' AND left(d.miner, 1) <> letter
    AND NOT (d.live AND EXISTS (SELECT 1 FROM deals o WHERE o.car_id = d.car_id AND o.live AND o.miner = letter || substr(d.miner, 2)));
  UPDATE measurements SET miner = letter || substr(miner, 2) WHERE miner ~ '^[ft]0' AND left(miner, 1) <> letter;
  UPDATE miner_days d SET miner = letter || substr(d.miner, 2) WHERE d.miner ~ '^[ft]0' AND left(d.miner, 1) <> letter
    AND NOT EXISTS (SELECT 1 FROM miner_days o WHERE o.day = d.day AND o.miner = letter || substr(d.miner, 2));
END $$;

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

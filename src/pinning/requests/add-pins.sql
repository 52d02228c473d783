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

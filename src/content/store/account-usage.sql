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

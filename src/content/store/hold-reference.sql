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

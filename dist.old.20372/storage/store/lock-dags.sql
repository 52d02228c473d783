-- The row of a DAG is the lock of everything that happens to it. For rooms downstream, too, in their own statements.

-- The row of a hot DAG, locked to the end of the transaction. No row: it is not hot.
CREATE OR REPLACE FUNCTION lock_hot_dag(dag_root text) RETURNS TABLE (id bigint, size bigint) LANGUAGE sql AS $$
  SELECT d.id, d.size FROM dags d WHERE d.root = dag_root AND d.hot FOR UPDATE
$$;

-- The same by id, hot or not.
CREATE OR REPLACE FUNCTION lock_dag(dag bigint) RETURNS TABLE (id bigint, root text) LANGUAGE sql AS $$
  SELECT d.id, d.root FROM dags d WHERE d.id = dag FOR UPDATE
$$;

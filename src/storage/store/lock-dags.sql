-- The row of a DAG is the lock of everything that happens to it. For rooms downstream, too, in their own statements.

-- The row of a hot DAG, locked to the end of the transaction. No row: it is not hot.
CREATE OR REPLACE FUNCTION lock_hot_dag(dag_root text) RETURNS TABLE (id bigint, size bigint) LANGUAGE sql AS $$
  SELECT d.id, d.size FROM dags d WHERE d.root = dag_root AND d.hot FOR UPDATE
$$;

-- The same for a further reference to what is stored: only a DAG that was followed from its root to the last leaf
-- stands for others.
CREATE OR REPLACE FUNCTION lock_whole_dag(dag_root text) RETURNS TABLE (id bigint, size bigint) LANGUAGE sql AS $$
  SELECT d.id, d.size FROM dags d WHERE d.root = dag_root AND d.hot AND d.whole FOR UPDATE
$$;

-- The row of a DAG by id, locked, hot or not.
CREATE OR REPLACE FUNCTION lock_dag(dag bigint) RETURNS TABLE (id bigint, root text) LANGUAGE sql AS $$
  SELECT d.id, d.root FROM dags d WHERE d.id = dag FOR UPDATE
$$;

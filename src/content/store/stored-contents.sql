-- What the SQL of rooms downstream may know of contents: set-returning functions without arguments, which the planner
-- puts in place like views. Tables may change behind them; these columns stay.

-- Every content that is not deleted.
CREATE OR REPLACE FUNCTION stored_contents() RETURNS TABLE (
  content_id bigint, user_id uuid, dag_id bigint, root text, hot boolean, cid text, name text, size bigint, type text, state text,
  profile text, replication smallint, created_at timestamptz(3), updated_at timestamptz(3)
) LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.dag_id, g.root, g.hot, c.cid, c.name, c.size, c.type, c.state,
    c.profile, c.replication, c.created_at, c.updated_at
  FROM contents c JOIN stored_dags() g ON g.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

-- The CARs in which the miners' copy of each of them lies. A CAR may come up several times.
CREATE OR REPLACE FUNCTION content_cars() RETURNS TABLE (content_id bigint, user_id uuid, replication smallint, car_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.replication, l.car_id
  FROM contents c JOIN dag_locations() l ON l.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

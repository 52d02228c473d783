-- Made by scripts/prisma-migration.mjs --functions out of the files of src/ that changed.

-- file dag-locations.sql sha256 6f3f2644e0ea1b02f75e238aba62a11b557da416bc3c3566bfb13f9c317aa63f
-- What the SQL of rooms downstream may know of stored DAGs: set-returning functions without arguments, which the planner puts in place
-- like views. Tables may change behind them; these columns stay.

-- Every stored DAG.
CREATE OR REPLACE FUNCTION stored_dags() RETURNS TABLE (dag_id bigint, root text, size bigint, blocks int, hot boolean)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.root, g.size, g.blocks, g.hot FROM dags g
$$;

-- Where the miners' copy of each DAG lies: its stretches in CARs, in the order of seq. A CAR may come up several times.
CREATE OR REPLACE FUNCTION dag_locations() RETURNS TABLE (dag_id bigint, seq int, car_id uuid, run_offset bigint, run_length bigint)
LANGUAGE sql STABLE AS $$
  SELECT r.dag_id, r.seq, r.car_id, r."offset", r.length FROM runs r WHERE r.copy = 0
$$;

-- file stored-contents.sql sha256 c94af31a03aebea16fcf65b6ed3cb3262f817e441608f6890fa62a9348ea2567
-- What the SQL of rooms downstream may know of contents: set-returning functions without arguments, which the planner puts in place
-- like views. Tables may change behind them; these columns stay.

-- Every content that is not deleted.
CREATE OR REPLACE FUNCTION stored_contents() RETURNS TABLE (
  content_id bigint, user_id uuid, dag_id bigint, root text, hot boolean, cid text, name text, size bigint, type text, state text,
  profile text, replication smallint, created_at timestamptz(3), updated_at timestamptz(3)
) LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.dag_id, g.root, g.hot, c.cid, c.name, c.size, c.type, c.state, c.profile, c.replication, c.created_at, c.updated_at
  FROM contents c JOIN stored_dags() g ON g.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

-- The CARs in which the miners' copy of each of them lies. A CAR may come up several times.
CREATE OR REPLACE FUNCTION content_cars() RETURNS TABLE (content_id bigint, user_id uuid, replication smallint, car_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT c.id, c.user_id, c.replication, l.car_id
  FROM contents c JOIN dag_locations() l ON l.dag_id = c.dag_id WHERE c.state <> 'deleted'
$$;

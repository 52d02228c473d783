-- What the SQL of rooms downstream may know of stored DAGs: set-returning functions without arguments, which the
-- planner puts in place like views. Tables may change behind them; these columns stay.

-- Every stored DAG.
CREATE OR REPLACE FUNCTION stored_dags() RETURNS TABLE (dag_id bigint, root text, size bigint, blocks int, hot boolean)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.root, g.size, g.blocks, g.hot FROM dags g
$$;

-- What each of them counts for in the quota of whoever refers to it alone: the bytes of the blocks that it leads to
-- (src/storage/domain/counted-bytes.ts), also where it came in one CAR with others.
CREATE OR REPLACE FUNCTION counted_dags() RETURNS TABLE (dag_id bigint, root text, stored_bytes bigint)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.root, g.stored_bytes FROM dags g
$$;

-- CARs that nobody wants any more: no DAG has runs in them, and none ever will again.
CREATE OR REPLACE FUNCTION discarded_cars() RETURNS TABLE (car_id uuid) LANGUAGE sql STABLE AS $$
  SELECT c.id FROM cars c WHERE c.state = 'discarded'
$$;

-- Where the miners' copy of each DAG lies: its stretches in CARs, in the order of seq. A CAR may come up several times.
CREATE OR REPLACE FUNCTION dag_locations() RETURNS TABLE (dag_id bigint, seq int, car_id uuid, run_offset bigint, run_length bigint)
LANGUAGE sql STABLE AS $$
  SELECT r.dag_id, r.seq, r.car_id, r."offset", r.length FROM runs r WHERE r.copy = 0
$$;

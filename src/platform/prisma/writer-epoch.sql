-- Which taking of a node's process holds its name now ('<node id>/<role>'; WriterSession). 0: nobody ever took it.
-- For statements of rooms that whoever had the name before must not run any more.
CREATE OR REPLACE FUNCTION writer_epoch(process_name text) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT p.epoch FROM processes p WHERE p.name = process_name), 0)
$$;

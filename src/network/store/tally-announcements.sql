-- How many rows each state has: changes are added as rows of their own, so that no two writers wait for each other;
-- the sweep adds them up.
CREATE OR REPLACE FUNCTION tally_announcements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, count(*) FROM new_rows GROUP BY state;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, -count(*) FROM old_rows GROUP BY state;
  ELSE
    INSERT INTO announcement_tallies (state, rows)
      SELECT state, sum(n) FROM (SELECT state, 1 AS n FROM new_rows UNION ALL SELECT state, -1 FROM old_rows) AS moved
      GROUP BY state HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "announcements_added" AFTER INSERT ON "announcements"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE OR REPLACE TRIGGER "announcements_moved" AFTER UPDATE ON "announcements"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE OR REPLACE TRIGGER "announcements_gone" AFTER DELETE ON "announcements"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();

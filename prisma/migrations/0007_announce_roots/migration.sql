-- What our IPFS node holds and tells the network: one row per hot root, whoever's content it is.
CREATE TABLE "announcements" (
    "id" BIGSERIAL NOT NULL,
    "root" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "node" TEXT,
    "held_since" TIMESTAMPTZ(3),
    "announced_at" TIMESTAMPTZ(3),
    "routing" TEXT[],
    "due_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "lease_until" TIMESTAMPTZ(3),
    "claim" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "announcements_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "announcements_root_key" ON "announcements"("root");
CREATE INDEX "announcements_due_at_idx" ON "announcements"("due_at");
CREATE INDEX "announcements_state_id_idx" ON "announcements"("state", "id" DESC);
CREATE INDEX "announcements_node_idx" ON "announcements"("node");
-- Those that wait for a node with routing; those that fail.
CREATE INDEX "announcements_untold_idx" ON "announcements"("id") WHERE "state" = 'held' AND "due_at" IS NULL;
CREATE INDEX "announcements_failing_idx" ON "announcements"("id" DESC) WHERE "failures" > 0;

-- How many rows each state has: changes are added as rows of their own, so that no two writers wait for each other; the sweep adds them up.
CREATE TABLE "announcement_tallies" (
    "id" BIGSERIAL NOT NULL,
    "state" TEXT NOT NULL,
    "rows" BIGINT NOT NULL,

    CONSTRAINT "announcement_tallies_pkey" PRIMARY KEY ("id")
);

CREATE FUNCTION tally_announcements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, count(*) FROM new_rows GROUP BY state;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO announcement_tallies (state, rows) SELECT state, -count(*) FROM old_rows GROUP BY state;
  ELSE
    INSERT INTO announcement_tallies (state, rows)
      SELECT state, sum(n) FROM (SELECT state, 1 AS n FROM new_rows UNION ALL SELECT state, -1 FROM old_rows) AS moved GROUP BY state HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "announcements_added" AFTER INSERT ON "announcements" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE TRIGGER "announcements_moved" AFTER UPDATE ON "announcements" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();
CREATE TRIGGER "announcements_gone" AFTER DELETE ON "announcements" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tally_announcements();

-- How far the sweeps have walked.
CREATE TABLE "announcement_walks" (
    "name" TEXT NOT NULL,
    "position" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "announcement_walks_pkey" PRIMARY KEY ("name")
);

-- What a worker says of its node, for the API process, which has none.
ALTER TABLE "ipfs_nodes" ADD COLUMN "status" JSONB;

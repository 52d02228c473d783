-- Events stay until every subscriber has handled them (docs/decisions/0001-outbox-until-handled.md).
ALTER TABLE "outbox"
  ADD COLUMN "pending" TEXT[],
  ADD COLUMN "dispatched_at" TIMESTAMPTZ(3),
  ADD COLUMN "dispatches" INTEGER NOT NULL DEFAULT 0;

-- What the relay looks for each time it wakes: a handful of rows, however many wait to be handled.
CREATE INDEX "outbox_undispatched_idx" ON "outbox" ("id") WHERE "dispatched_at" IS NULL;
CREATE INDEX "outbox_dispatched_at_idx" ON "outbox" ("dispatched_at");

-- Rows come and go all the time.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

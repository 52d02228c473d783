-- When a queued pin may be claimed, apart from `lease_until`, which is the claim's alone from now on: a claim is one look at an index, however many wait.
ALTER TABLE "pins" ADD COLUMN "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- How long workers have looked for its first block, over all its claims since the last failure.
ALTER TABLE "pins" ADD COLUMN "looked_ms" INTEGER NOT NULL DEFAULT 0;
-- Claims that ended with the worker, not with a result. Until now `attempts` stood for these, but a pin that makes way is claimed often.
ALTER TABLE "pins" ADD COLUMN "cut_offs" INTEGER NOT NULL DEFAULT 0;

UPDATE "pins" SET "due_at" = coalesce("lease_until", "created_at"), "lease_until" = NULL WHERE "status" = 'queued';

-- No index names `lease_until` any more: prolonging a lease each second leaves the indexes alone (heap-only updates).
DROP INDEX "pins_status_lease_until_idx";
DROP INDEX "pins_waiting_idx";
-- Whose turn is it: the accounts that wait, and each one's pin that has been due longest.
CREATE INDEX "pins_due_idx" ON "pins"("user_id", "due_at") WHERE "status" = 'queued' AND "deleted_at" IS NULL;
-- What workers hold: a handful.
CREATE INDEX "pins_running_idx" ON "pins"("user_id") WHERE "status" = 'pinning' AND "deleted_at" IS NULL;
-- The age of the queue.
CREATE INDEX "pins_oldest_idx" ON "pins"("created_at") WHERE "status" = 'queued' AND "deleted_at" IS NULL;

-- When each account was served last: between accounts with equal shares the one that has waited longest is next.
CREATE TABLE "pin_turns" (
    "user_id" UUID NOT NULL,
    "served_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "pin_turns_pkey" PRIMARY KEY ("user_id")
);

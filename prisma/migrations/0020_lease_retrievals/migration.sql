-- Retrievals get the three columns of every leased table. The number of take-ups was the fencing number already.
ALTER TABLE "retrievals" RENAME COLUMN "attempts" TO "lease_number";
ALTER TABLE "retrievals" ADD COLUMN "next_check_at" TIMESTAMPTZ(3);
UPDATE "retrievals" SET "next_check_at" = coalesce("lease_until", "created_at") WHERE "live";
ALTER TABLE "retrievals" ALTER COLUMN "next_check_at" SET DEFAULT CURRENT_TIMESTAMP;

DROP INDEX "retrievals_state_lease_until_idx";
CREATE INDEX "retrievals_live_next_check_at_idx" ON "retrievals"("live", "next_check_at");

-- check_at was schedule and lease at once. Whoever works on a piece or a deal now has a lease with a fencing number beside the schedule.
ALTER TABLE "pieces" RENAME COLUMN "check_at" TO "next_check_at";
ALTER TABLE "pieces" ADD COLUMN "lease_until" TIMESTAMPTZ(3),
  ADD COLUMN "lease_number" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "shared" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "own_max_price" BOOLEAN NOT NULL DEFAULT false;
ALTER INDEX "pieces_state_check_at_idx" RENAME TO "pieces_state_next_check_at_idx";

ALTER TABLE "deals" RENAME COLUMN "check_at" TO "next_check_at";
ALTER TABLE "deals" ADD COLUMN "lease_until" TIMESTAMPTZ(3),
  ADD COLUMN "lease_number" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "role" TEXT NOT NULL DEFAULT 'current';
ALTER INDEX "deals_live_check_at_idx" RENAME TO "deals_live_next_check_at_idx";

-- What a piece has to know of its CAR, so that its terms can grow without a look at the table of another room.
UPDATE "pieces" p SET "shared" = c."kind" = 'segment', "own_max_price" = coalesce(c."terms", '{}'::jsonb) ? 'maxPrice'
FROM "cars" c WHERE c."id" = p."car_id";

-- A renewal waited in its slot plus 100; when it became active the deal that it renews took that place, proven and near its end.
DROP INDEX "deals_live_car_id_slot_key";
UPDATE "deals" SET "slot" = "slot" % 100, "role" = CASE WHEN "active_epoch" IS NULL THEN 'renewal' ELSE 'outgoing' END WHERE "slot" >= 100;
CREATE UNIQUE INDEX "deals_live_car_id_slot_role_key" ON "deals" ("car_id", "slot", "role") WHERE "live";

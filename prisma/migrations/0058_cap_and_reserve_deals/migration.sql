-- Caps on what an account's uploads may ask of deals; null: the platform's.
ALTER TABLE "account_limits" ADD COLUMN "replication_cap" INTEGER, ADD COLUMN "duration_cap" INTEGER, ADD COLUMN "price_cap" DECIMAL(38,0),
  ADD COLUMN "verified_price_cap" DECIMAL(38,0), ADD COLUMN "datacap_per_day" BIGINT, ADD COLUMN "spend_per_day" DECIMAL(38,0);

-- Whose deals count towards whose day: the account whose bytes alone are in the piece.
ALTER TABLE "pieces" ADD COLUMN "user_id" UUID;
UPDATE "pieces" p SET "user_id" = c."user_id" FROM "cars" c WHERE c."id" = p."car_id" AND c."user_id" IS NOT NULL;

-- What each deal has reserved of money and DataCap: open until the deal is on chain ('spent') or has come to nothing ('released').
CREATE TABLE "deal_reservations" (
    "deal_id" BIGINT NOT NULL,
    "user_id" UUID,
    "cost" DECIMAL(38,0) NOT NULL,
    "datacap" BIGINT NOT NULL,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "deal_reservations_pkey" PRIMARY KEY ("deal_id"),
    CONSTRAINT "deal_reservations_outcome_check" CHECK (("outcome" IS NULL) = ("settled_at" IS NULL) AND "outcome" IN ('spent', 'released'))
);
CREATE INDEX "deal_reservations_reserved_at_idx" ON "deal_reservations"("reserved_at");
CREATE INDEX "deal_reservations_open_idx" ON "deal_reservations"("deal_id") WHERE "outcome" IS NULL;
ALTER TABLE "deal_reservations" ADD CONSTRAINT "deal_reservations_deal_id_fkey" FOREIGN KEY ("deal_id") REFERENCES "deals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

INSERT INTO "deal_reservations" ("deal_id", "user_id", "cost", "datacap", "reserved_at", "settled_at", "outcome")
SELECT d."id", p."user_id", d."total_cost", CASE WHEN d."verified" THEN coalesce(p."piece_size", 0) ELSE 0 END, d."created_at",
  CASE WHEN d."state" IN ('queued', 'proposed', 'accepted', 'transferring') THEN NULL ELSE d."updated_at" END,
  CASE WHEN d."state" IN ('queued', 'proposed', 'accepted', 'transferring') THEN NULL ELSE 'spent' END
FROM "deals" d JOIN "pieces" p USING ("car_id")
WHERE d."live" AND (d."state" IN ('queued', 'proposed', 'accepted', 'transferring') OR d."created_at" > now() - interval '1 day');

-- A loss that the chain or the node reported and that is not believed yet: which, how often in a row, since which epoch.
-- And errors in a row that say nothing about the deal.
ALTER TABLE "deals" ADD COLUMN "doubt" TEXT, ADD COLUMN "doubt_count" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "doubt_epoch" INTEGER,
  ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0;

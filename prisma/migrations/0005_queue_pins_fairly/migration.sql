-- Failed attempts of a pin, apart from `attempts`, which counts claims and fences the workers that lost theirs.
ALTER TABLE "pins" ADD COLUMN "failures" INTEGER NOT NULL DEFAULT 0;
-- The pin that took this one's place; this one's content is let go once that one is pinned.
ALTER TABLE "pins" ADD COLUMN "replaced_by" UUID;

-- Whose turn is it: the accounts that wait, and each one's oldest pin.
CREATE INDEX "pins_waiting_idx" ON "pins"("user_id", "created_at") WHERE "status" = 'queued' AND "deleted_at" IS NULL;
-- The listing's filters and counts.
CREATE INDEX "pins_user_id_status_created_at_idx" ON "pins"("user_id", "status", "created_at" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "pins_user_id_cid_v1_idx" ON "pins"("user_id", "cid_v1");
-- What a removal that was cut off left behind.
CREATE INDEX "pins_removed_idx" ON "pins"("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "pins_replaced_by_idx" ON "pins"("replaced_by") WHERE "replaced_by" IS NOT NULL;
CREATE INDEX "pins_content_id_idx" ON "pins"("content_id") WHERE "content_id" IS NOT NULL;

-- Where the IPFS nodes of the workers can be reached: the delegates that every pin's status names.
CREATE TABLE "ipfs_nodes" (
    "peer_id" TEXT NOT NULL,
    "addresses" JSONB NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ipfs_nodes_pkey" PRIMARY KEY ("peer_id")
);

-- Since when some of a DAG's bytes on this node are damaged or missing; null again with the transaction that makes it hot.
ALTER TABLE "dags" ADD COLUMN "damaged_at" TIMESTAMPTZ(3);
CREATE INDEX "dags_damaged_idx" ON "dags"("id") WHERE "damaged_at" IS NOT NULL;
-- All that the root leads to is in its runs: it was followed block by block before it was stored. What came in a CAR until now was
-- followed by code that could overlook links, so its next complete upload is kept beside it. Files and pins are made whole.
ALTER TABLE "dags" ADD COLUMN "whole" BOOLEAN NOT NULL DEFAULT true;
UPDATE "dags" SET "whole" = false WHERE "id" IN (SELECT "dag_id" FROM "contents" WHERE "profile" = 'car');

-- Bytes between those of others that nobody may read any more, until they are out of the block index of the place: written by the
-- transaction that gave them up, so that a crash right after it hides them none the less.
CREATE TABLE "dead_stretches" (
    "id" BIGSERIAL NOT NULL,
    "car_id" UUID NOT NULL,
    "place" TEXT NOT NULL,
    "offset" BIGINT NOT NULL,
    "length" BIGINT NOT NULL,

    CONSTRAINT "dead_stretches_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "dead_stretches_place_car_id_idx" ON "dead_stretches"("place", "car_id");
ALTER TABLE "dead_stretches" ADD CONSTRAINT "dead_stretches_car_id_fkey" FOREIGN KEY ("car_id") REFERENCES "cars"("id") ON DELETE CASCADE ON UPDATE CASCADE;

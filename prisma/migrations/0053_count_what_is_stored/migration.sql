-- Quotas count the bytes of blocks that are held, not what a root claims to be (src/storage/domain/counted-bytes.ts). What is stored
-- already: a section is a varint, a CID of 36 bytes and the block, so that the bytes of blocks follow from those of the sections, to
-- within two bytes for each block whose CID is shorter. Of several roots that came in one CAR, the first counts for all of its blocks and
-- the others for what they claim.
ALTER TABLE "dags" ADD COLUMN "stored_bytes" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "contents" ADD COLUMN "stored_bytes" BIGINT NOT NULL DEFAULT 0, ADD COLUMN "upload_id" BIGINT;

WITH section AS (
  SELECT d."id", d."size", d."car_bytes" - d."blocks" * (36 + CASE
    WHEN d."car_bytes" < 129::bigint * d."blocks" THEN 1
    WHEN d."car_bytes" < 16386::bigint * d."blocks" THEN 2
    WHEN d."car_bytes" < 2097155::bigint * d."blocks" THEN 3 ELSE 4 END) AS held
  FROM "dags" d
)
UPDATE "dags" d SET "stored_bytes" = CASE
    WHEN s.held < s."size" AND s."size" - s.held <= 2 * d."blocks" THEN s."size"
    WHEN s.held < s."size" THEN greatest(s.held, 0)
    WHEN s.held - s."size" <= s."size" / 256 THEN s."size"
    ELSE s.held END
  FROM section s WHERE s."id" = d."id";

UPDATE "dags" d SET "stored_bytes" = least(d."size", d."stored_bytes")
  WHERE EXISTS (SELECT FROM "runs" r JOIN "runs" o ON o."car_id" = r."car_id" AND o."offset" = r."offset" AND o."dag_id" < r."dag_id"
                WHERE r."dag_id" = d."id" AND r."copy" = 0);

UPDATE "contents" c SET "stored_bytes" = d."stored_bytes" FROM "dags" d WHERE d."id" = c."dag_id";

CREATE INDEX "contents_upload_id_idx" ON "contents" ("upload_id") WHERE "upload_id" IS NOT NULL;

UPDATE "account_usage" u SET "bytes" = s.bytes
  FROM (SELECT "user_id", sum("stored_bytes")::bigint AS bytes FROM "contents" WHERE "state" <> 'deleted' GROUP BY 1) AS s
  WHERE s."user_id" = u."user_id";

-- A root that came in one CAR with others counted for its share of what came, also for other accounts that refer to it.
-- Those that others refer to already are looked at: each gets runs over its own blocks, and its references count for
-- what it holds (trims, 0064).
INSERT INTO "trims" ("dag_id")
SELECT DISTINCT c."dag_id" FROM "contents" c JOIN "dags" d ON d."id" = c."dag_id" AND d."hot" AND d."whole"
WHERE c."upload_id" IS NOT NULL
  AND EXISTS (SELECT 1 FROM "contents" o WHERE o."dag_id" = c."dag_id" AND o."upload_id" IS NULL AND o."state" <> 'deleted')
  AND NOT EXISTS (SELECT 1 FROM "trims" t WHERE t."dag_id" = c."dag_id");

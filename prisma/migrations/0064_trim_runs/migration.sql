-- DAGs that came in one CAR with another one, of which a reference or all of it is gone: their runs cover more than is theirs.
CREATE TABLE "trims" (
    "id" BIGSERIAL NOT NULL,
    "dag_id" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trims_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "trims_due_at_idx" ON "trims"("due_at");
CREATE INDEX "trims_dag_id_idx" ON "trims"("dag_id");

-- Those whose upload is gone by now, in parts: contents that came together, and one of them was deleted.
INSERT INTO "trims" ("dag_id")
SELECT DISTINCT c."dag_id" FROM "contents" c JOIN "dags" d ON d."id" = c."dag_id" AND d."hot" AND d."whole"
WHERE c."upload_id" IS NOT NULL AND EXISTS (SELECT 1 FROM "contents" o WHERE o."upload_id" = c."upload_id" AND o."state" = 'deleted')
  AND EXISTS (SELECT 1 FROM "contents" o WHERE o."dag_id" = c."dag_id" AND o."state" <> 'deleted');

-- Copies of a DAG below this number have runs over its own blocks: they are not looked at again.
ALTER TABLE "dags" ADD COLUMN "trimmed_copies" SMALLINT NOT NULL DEFAULT 0;

-- Damage to what is stored here, as it was found, and what became of it.
CREATE TABLE "damage_findings" (
    "id" BIGSERIAL NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "car_id" UUID NOT NULL,
    "place" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "dag_id" BIGINT,
    "root" TEXT,
    "outcome" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "damage_findings_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "damage_findings_dag_id_idx" ON "damage_findings"("dag_id");

-- What was deleted while it was damaged is damaged no more.
UPDATE dags SET damaged_at = NULL WHERE damaged_at IS NOT NULL AND NOT hot
  AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.dag_id = dags.id AND c.state <> 'deleted');

-- What is damaged now was found when its DAG says; which of its CARs it was is not known any more.
INSERT INTO damage_findings (found_at, car_id, place, kind, cause, dag_id, root)
SELECT d.damaged_at, coalesce(k.car_id, '00000000-0000-0000-0000-000000000000'::uuid), coalesce(k.place, ''), 'damaged', 'found before damage was listed', d.id, d.root
FROM dags d LEFT JOIN LATERAL (
  SELECT k.car_id, k.place FROM runs r JOIN car_copies k ON k.car_id = r.car_id
  WHERE r.dag_id = d.id ORDER BY (k.state = 'damaged') DESC, r.copy LIMIT 1) k ON true
WHERE d.damaged_at IS NOT NULL AND NOT d.hot;

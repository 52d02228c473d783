-- What is wrong with the operator's own node or wallet, as deals met it: one row per fault and stage.
CREATE TABLE "deal_faults" (
    "fault" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "rounds" INTEGER NOT NULL DEFAULT 0,
    "message" TEXT NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "probe_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "deal_faults_pkey" PRIMARY KEY ("fault", "stage")
);

-- Statistics are rolled up as they are measured. The worker fills these tables from what was measured before, once, when it starts.
ALTER TABLE "measurements" ADD COLUMN "source" TEXT, ADD COLUMN "user_id" UUID, ADD COLUMN "cost" DECIMAL(38,0);

CREATE TABLE "rollup_hours" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "kind" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "ok" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "cost" DECIMAL(38,0) NOT NULL,
    "ms_total" BIGINT NOT NULL,
    "ms_min" BIGINT,
    "ms_max" BIGINT,
    "ms_counts" BIGINT[],
    "speed_min" BIGINT,
    "speed_max" BIGINT,
    "speed_counts" BIGINT[],

    CONSTRAINT "rollup_hours_pkey" PRIMARY KEY ("scope","key","at","kind","label")
) WITH (fillfactor = 80);

CREATE TABLE "rollup_days" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "kind" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "ok" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "cost" DECIMAL(38,0) NOT NULL,
    "ms_total" BIGINT NOT NULL,
    "ms_min" BIGINT,
    "ms_max" BIGINT,
    "ms_counts" BIGINT[],
    "speed_min" BIGINT,
    "speed_max" BIGINT,
    "speed_counts" BIGINT[],

    CONSTRAINT "rollup_days_pkey" PRIMARY KEY ("scope","key","at","kind","label")
) WITH (fillfactor = 80);

CREATE TABLE "rollup_state" (
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollup_state_pkey" PRIMARY KEY ("key")
);

-- Rates of requests, shared by all processes. Unlogged: nothing here outlives a crash of the database, and nothing has to.
CREATE UNLOGGED TABLE "rate_budgets" (
    "subject" TEXT NOT NULL,
    "burst" DOUBLE PRECISION NOT NULL,
    "per_second" DOUBLE PRECISION NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "granted" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "rate_budgets_pkey" PRIMARY KEY ("subject")
);

CREATE INDEX "rate_budgets_at_idx" ON "rate_budgets"("at");

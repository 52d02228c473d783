-- What statistics say of a miner: its score with its course, how many deals it holds; who suspended it, and since when; where it is.
ALTER TABLE "miners" ADD COLUMN "region" TEXT, ADD COLUMN "suspended_by" TEXT, ADD COLUMN "suspended_since" TIMESTAMPTZ(3),
  ADD COLUMN "judged_from" TIMESTAMPTZ(3), ADD COLUMN "score" DOUBLE PRECISION, ADD COLUMN "score_evidence" DOUBLE PRECISION,
  ADD COLUMN "held_deals" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "miner_scores" (
    "miner" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "lines" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "miner_scores_pkey" PRIMARY KEY ("miner","day")
);
ALTER TABLE "miner_scores" ADD CONSTRAINT "miner_scores_miner_fkey" FOREIGN KEY ("miner") REFERENCES "miners"("address") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "miner_figures" (
    "miner" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "figures" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "miner_figures_pkey" PRIMARY KEY ("miner","window")
);

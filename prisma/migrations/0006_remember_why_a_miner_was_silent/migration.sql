-- An unreachable miner is no failure of ours, but people who wonder why it gets no deals are told.
ALTER TABLE "miners"
  ADD COLUMN "ask_error" TEXT,
  ADD COLUMN "ask_error_at" TIMESTAMPTZ(3);

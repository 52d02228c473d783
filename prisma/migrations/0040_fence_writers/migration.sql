-- Which taking of a node's process this is: raised by each start, under a session lock (WriterSession).
ALTER TABLE processes ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;

-- Raised by recovery, before it reads the runs of an open CAR, and required by every commit into it: what a dead
-- process still had on its way can no longer arrive behind the cut.
ALTER TABLE cars ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

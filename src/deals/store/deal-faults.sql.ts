import { sql } from '../../platform/prisma/index.js';

/** One row per fault and stage; it stays when the fault is resolved. */
export interface FaultRow {
  fault: string;
  stage: string;
  since: Date;
  last_at: Date;
  count: number;
  rounds: number;
  message: string;
  paused: boolean;
  probe_at: Date;
  resolved_at: Date | null;
}

const COLUMNS = 'fault, stage, since, last_at, count, rounds, message, paused, probe_at, resolved_at';

/** One more; a fault that was resolved begins anew. Answers with the row as it is then. */
export const MEET_FAULT = sql<FaultRow, [fault: string, stage: string, message: string, now: Date, probeAt: Date]>(`
INSERT INTO deal_faults AS f (fault, stage, since, last_at, message, probe_at) VALUES ($1, $2, $4, $4, $3, $5)
ON CONFLICT (fault, stage) DO UPDATE SET last_at = $4, message = $3, resolved_at = NULL,
  since = CASE WHEN f.resolved_at IS NULL THEN f.since ELSE $4 END,
  count = CASE WHEN f.resolved_at IS NULL THEN f.count + 1 ELSE 1 END,
  rounds = CASE WHEN f.resolved_at IS NULL THEN f.rounds ELSE 0 END,
  paused = f.paused AND f.resolved_at IS NULL,
  probe_at = CASE WHEN f.resolved_at IS NULL THEN f.probe_at ELSE $5 END
RETURNING ${COLUMNS}`);

/** No effect on a fault that was resolved meanwhile. Idempotent. */
export const PAUSE_FOR = sql<never, [fault: string, stage: string]>(`
UPDATE deal_faults SET paused = true WHERE fault = $1 AND stage = $2 AND resolved_at IS NULL`);

/** The oldest first. One row per fault and stage at most, so no index. */
export const OPEN_FAULTS = sql<FaultRow, []>(
  `SELECT ${COLUMNS} FROM deal_faults WHERE resolved_at IS NULL ORDER BY since`,
);

/** Open ones first, then by their last time. */
export const ALL_FAULTS = sql<FaultRow, []>(`
SELECT ${COLUMNS} FROM deal_faults ORDER BY (resolved_at IS NULL) DESC, last_at DESC`);

/** One caller at a time may try whether it is mended; the next one not before `again`. */
export const TAKE_PROBE = sql<FaultRow, [fault: string, stage: string, now: Date, again: Date]>(`
UPDATE deal_faults SET probe_at = $4, rounds = rounds + 1
WHERE fault = $1 AND stage = $2 AND resolved_at IS NULL AND probe_at <= $3 RETURNING ${COLUMNS}`);

/** Of one stage, these faults, or all where none is named; answers with those that were open, in no order. */
export const RESOLVE_FAULTS = sql<FaultRow, [stage: string, faults: readonly string[], now: Date]>(`
UPDATE deal_faults SET resolved_at = $3, paused = false
WHERE stage = $1 AND resolved_at IS NULL AND (cardinality($2::text[]) = 0 OR fault = ANY($2::text[])) RETURNING ${COLUMNS}`);

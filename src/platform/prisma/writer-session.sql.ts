/** The name's lock, for this session; false when another session has it. */
export const TRY_LOCK = `SELECT pg_try_advisory_lock(hashtextextended('tidewater.writer.' || $1, 0)) AS locked`;

/** Whoever had the name before writes nothing any more. A row that is new says nothing of being ready. */
export const TAKE_EPOCH = `
INSERT INTO processes (name, pid, started_at, beat_at, epoch) VALUES ($1, $2, now(), now(), 1)
ON CONFLICT (name) DO UPDATE SET epoch = processes.epoch + 1
RETURNING epoch::text`;

/** And what time it is, in ms; no row when the name is gone. */
export const READ_EPOCH =
  'SELECT epoch::text, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms FROM processes WHERE name = $1';

/**
 * Which of these sessions ($1 process ids, $2 our ports) have stood idle for so many seconds ($3): they have not taken
 * what they were asked. Told by both, so that a pooler in between is no session of ours.
 */
export const IDLE_SESSIONS = `
SELECT a.pid FROM pg_stat_activity a JOIN unnest($1::int[], $2::int[]) AS ours (pid, port)
  ON a.pid = ours.pid AND a.client_port = ours.port
WHERE a.state LIKE 'idle%' AND a.state_change < now() - make_interval(secs => $3::float8)`;

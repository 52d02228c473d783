import { sql } from '../../platform/prisma/index.js';

/** Padded bytes of verified deals in these states: DataCap that is promised and not yet spent. */
export const PROMISED_DATACAP = sql<{ bytes: string }, [states: readonly string[]]>(`
SELECT coalesce(sum(p.piece_size), 0)::text AS bytes FROM deals d JOIN pieces p USING (car_id)
WHERE d.live AND d.verified AND d.state = ANY($1::text[])`);

import { sql } from '../../platform/prisma/index.js';

/** Figures as they were stored (domain/miner-table.ts), and when they were made. */
export interface StoredFigures<Figures extends object> {
  miner: string;
  figures: Figures;
  at: Date;
}

/** Every miner's over one window: as many rows as there are miners. */
export const FIGURES_OF_WINDOW = sql<StoredFigures<object>, [window: string]>(`
  SELECT miner, figures, at FROM miner_figures WHERE "window" = $1`);

/** All windows of one miner, in one statement; the arrays are as long as each other. */
export const STORE_FIGURES = sql<
  never,
  [miner: string, windows: readonly string[], figures: readonly string[], at: Date]
>(`
  INSERT INTO miner_figures (miner, "window", figures, at)
  SELECT $1, w, f::jsonb, $4::timestamptz FROM unnest($2::text[], $3::text[]) AS one(w, f)
  ON CONFLICT (miner, "window") DO UPDATE SET figures = excluded.figures, at = excluded.at`);

/**
 * Miners of whom something was measured behind this id, and the newest id; ids of transactions that ran meanwhile may
 * become visible later, so the caller looks back a little. By the primary key.
 */
export const MEASURED_SINCE = sql<{ miners: string[]; newest: bigint }, [after: bigint]>(`
  SELECT coalesce(array_agg(DISTINCT miner) FILTER (WHERE miner IS NOT NULL), '{}') AS miners, coalesce(max(id), $1::bigint) AS newest
  FROM measurements WHERE id > $1`);

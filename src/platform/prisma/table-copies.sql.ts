import { sql } from './statement.js';

/** Tables of the platform, each after those that it refers to, with the columns that have values of their own. */
export const TABLES = sql<{ name: string; columns: string[]; refers_to: string[] }, []>(`
SELECT c.relname::text AS name,
  ARRAY(SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
  ARRAY(SELECT DISTINCT f.relname::text FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.confrelid <> c.oid) AS refers_to
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname NOT LIKE '\\_%' ORDER BY 1`);

/** As far as they have counted. Not of the snapshot, but of now: never below what it holds. */
export const SEQUENCES = sql<{ name: string; value: string; is_called: boolean }, []>(`
SELECT s.sequencename::text AS name, coalesce(s.last_value, s.start_value)::text AS value, s.last_value IS NOT NULL AS is_called
FROM pg_sequences s WHERE s.schemaname = current_schema() ORDER BY 1`);

/** The next value follows `value`, or is `value` where nothing was taken yet. */
export const SET_SEQUENCE = sql<never, [name: string, value: string, isCalled: boolean]>(
  'SELECT setval(quote_ident($1)::regclass, $2::bigint, $3)::text',
);

/** Those that have been applied to this database, by name. */
export const MIGRATIONS = sql<{ name: string }, []>(
  'SELECT migration_name::text AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1',
);

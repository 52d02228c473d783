import pg from 'pg';

/** The role that API, worker and commands have in the embedded PostgreSQL. */
export const APPLICATION_ROLE = 'tidewater_app';

/** BullMQ makes and changes its own tables, in a schema of their own (src/platform/queue). */
const QUEUE_SCHEMA = 'bullmq';
/** Several launchers may share a database; grants at the same time would fail each other. */
const GRANT_LOCK = 72_707_370;

/** Written by the migrator alone: what an application could tell itself there, the next start would believe. */
const HISTORY = ['_prisma_migrations', '_sql_functions'];

/** Who the application is. A password makes the role, or gives it this password; without one it has to be there. */
export interface ApplicationRole {
  name: string;
  password?: string;
}

/**
 * Gives the application's role what it needs, and nothing else: rows of all tables, the functions, and the schema of
 * the queue as its owner. It is no superuser: it runs no program and reads no file on the server, and changes no table
 * of ours. Folders of versions in which the application was the superuser are changed over by this; may be repeated.
 * After the migrations, because it grants on what is there.
 *
 * @param ownerUrl of the role that owns the tables; a superuser where the role has to be made
 */
export async function grantApplicationRole(ownerUrl: string, role: ApplicationRole): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'tidewater-migrations' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [GRANT_LOCK]);
    if (role.password !== undefined) await makeRole(client, role.name, role.password);
    for (const statement of grants(client, role.name)) await client.query(statement);
    await takeOverQueue(client, role.name);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function makeRole(client: pg.Client, name: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(
    `${verb} ROLE ${client.escapeIdentifier(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS ` +
      `PASSWORD ${client.escapeLiteral(password)}`,
  );
}

function grants(client: pg.Client, name: string): string[] {
  const role = client.escapeIdentifier(name);
  const database = client.escapeIdentifier(client.database ?? '');
  return [
    // For the queue's schema, which BullMQ asks for at each start.
    `GRANT CONNECT, TEMPORARY, CREATE ON DATABASE ${database} TO ${role}`,
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO ${role}`,
    `GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
    `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${role}`,
    ...HISTORY.map((table) => `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${table} FROM ${role}`),
  ];
}

/** What earlier versions made there as the superuser belongs to the role from now on, the schema as well. */
async function takeOverQueue(client: pg.Client, name: string): Promise<void> {
  const role = client.escapeIdentifier(name);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${QUEUE_SCHEMA}`);
  const { rows } = await client.query<{ statement: string }>(FOREIGN_IN_SCHEMA, [QUEUE_SCHEMA, name]);
  for (const { statement } of rows) await client.query(statement);
  await client.query(`ALTER SCHEMA ${QUEUE_SCHEMA} OWNER TO ${role}`);
}

/** Sequences of a column go with their table. */
const FOREIGN_IN_SCHEMA = `
WITH owner AS (SELECT oid FROM pg_roles WHERE rolname = $2), home AS (SELECT oid FROM pg_namespace WHERE nspname = $1)
SELECT format('ALTER %s %I.%I OWNER TO %I',
  CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, $1, c.relname, $2) AS statement
FROM pg_class c, owner, home WHERE c.relnamespace = home.oid AND c.relkind IN ('r', 'p', 'S', 'v') AND c.relowner <> owner.oid
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT format('ALTER TYPE %I.%I OWNER TO %I', $1, t.typname, $2)
FROM pg_type t, owner, home WHERE t.typnamespace = home.oid AND t.typtype IN ('e', 'd') AND t.typowner <> owner.oid
UNION ALL
SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, $2)
FROM pg_proc p, owner, home WHERE p.pronamespace = home.oid AND p.proowner <> owner.oid`;

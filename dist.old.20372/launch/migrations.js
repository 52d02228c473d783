import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readFunctions } from './sql-functions.js';
/** A migration cannot be applied, or history is not what the files say. */ export class MigrationFailed extends Error {
}
/** Prisma holds this same advisory lock while it migrates, so the two never run at the same time. */ const prismaLock = 72_707_369;
// Prisma's own table, column for column: `prisma migrate deploy` and `status` go on where we stopped.
const historyTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;
/** Which function files are applied, and as what. */ const functionTable = `
  CREATE TABLE IF NOT EXISTS _sql_functions (
    file TEXT PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
  )`;
/**
 * The migrations of a folder, in the order in which they apply (by name). Folders without a `migration.sql` are passed
 * over.
 */ export function readMigrations(folder) {
    return readdirSync(folder, {
        withFileTypes: true
    }).filter((entry)=>entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql'))).map(({ name })=>{
        const bytes = readFileSync(join(folder, name, 'migration.sql'));
        return {
            name,
            sql: bytes.toString('utf8'),
            checksum: createHash('sha256').update(bytes).digest('hex')
        };
    }).sort((a, b)=>a.name < b.name ? -1 : 1);
}
/**
 * Applies the migrations that are missing, each in one transaction together with its row of history: a kill in the
 * middle leaves no half-applied migration. Then the functions that changed, all in one transaction; all of them after a
 * migration, which may have brought an older text. Two callers at once wait for each other. Returns the names applied.
 *
 * `only` names those that are to be applied, for tables as an older version had them: its functions are those that the
 * migrations brought, and the next call without it does the rest.
 */ export async function applyMigrations(databaseUrl, texts, only = null) {
    const client = new pg.Client({
        connectionString: databaseUrl,
        application_name: 'tidewater-migrations'
    });
    await client.connect();
    try {
        await client.query('SELECT pg_advisory_lock($1)', [
            prismaLock
        ]);
        await client.query(historyTable);
        const migrations = readMigrations(texts.migrations);
        const isLeftOut = ({ name })=>only !== null && !only.has(name);
        const missing = (await findMissing(client, migrations)).filter((migration)=>!isLeftOut(migration));
        for (const migration of missing)await apply(client, migration);
        if (migrations.some(isLeftOut)) return missing.map(({ name })=>name);
        const changed = await findChanged(client, readFunctions(texts.functions), missing.length > 0);
        await applyFunctions(client, changed);
        return [
            ...missing,
            ...changed
        ].map(({ name })=>name);
    } finally{
        await client.end();
    }
}
/**
 * What the history does not have yet. @throws MigrationFailed when the history names a migration that is unfinished,
 * that this version does not know (the data is newer), or whose text differs from the file's.
 */ async function findMissing(client, migrations) {
    const { rows } = await client.query('SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL');
    const known = new Map(migrations.map((migration)=>[
            migration.name,
            migration
        ]));
    for (const row of rows){
        const migration = known.get(row.migration_name);
        if (row.finished_at === null) throw new MigrationFailed(`Migration ${row.migration_name} was begun by another tool and never finished; see "prisma migrate resolve".`);
        if (migration === undefined) throw new MigrationFailed(`The database knows the migration ${row.migration_name}, this version of Tidewater does not: the data is of a newer version.`);
        if (migration.checksum !== row.checksum) throw new MigrationFailed(`Migration ${row.migration_name} was changed after it was applied; a new migration is the way to change the database.`);
    }
    const applied = new Set(rows.map((row)=>row.migration_name));
    return migrations.filter(({ name })=>!applied.has(name));
}
/** In one transaction with its row of history. @throws MigrationFailed; then nothing of it was applied. */ async function apply(client, { name, sql, checksum }) {
    const begun = new Date();
    try {
        await client.query('BEGIN');
        await client.query(sql);
        await client.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, now(), 1)`, [
            randomUUID(),
            checksum,
            name,
            begun
        ]);
        await client.query('COMMIT');
    } catch (cause) {
        await client.query('ROLLBACK').catch(()=>undefined);
        throw new MigrationFailed(`Migration ${name} failed: ${cause.message}`, {
            cause
        });
    }
}
/** The files whose text is not the one that was applied last; all of them when `all`. */ async function findChanged(client, files, all) {
    await client.query(functionTable);
    if (all) return files;
    const { rows } = await client.query('SELECT file, checksum FROM _sql_functions');
    const applied = new Map(rows.map(({ file, checksum })=>[
            file,
            checksum
        ]));
    return files.filter(({ name, checksum })=>applied.get(name) !== checksum);
}
/**
 * Twice: first unchecked, because functions may name each other whatever their order; then each is checked as it
 * stands.
 */ async function applyFunctions(client, files) {
    let current = '';
    try {
        await client.query('BEGIN');
        for (const checked of [
            'off',
            'on'
        ]){
            await client.query(`SET LOCAL check_function_bodies = ${checked}`);
            for (const { name, sql } of files){
                current = name;
                await client.query(sql);
            }
        }
        for (const { name, checksum } of files)await client.query(`INSERT INTO _sql_functions (file, checksum) VALUES ($1, $2)
         ON CONFLICT (file) DO UPDATE SET checksum = excluded.checksum, applied_at = now()`, [
            name,
            checksum
        ]);
        await client.query('COMMIT');
    } catch (cause) {
        await client.query('ROLLBACK').catch(()=>undefined);
        throw new MigrationFailed(`The functions of ${current} cannot be applied: ${cause.message}`, {
            cause
        });
    }
}
/**
 * Makes the database that `databaseUrl` names, if its server has none of that name. Asks in the database `postgres`,
 * which the account must be able to enter.
 */ export async function ensureDatabase(databaseUrl) {
    const maintenance = new URL(databaseUrl);
    const name = decodeURIComponent(maintenance.pathname.slice(1));
    maintenance.pathname = '/postgres';
    const client = new pg.Client({
        connectionString: maintenance.href
    });
    await client.connect();
    try {
        const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
            name
        ]);
        if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } finally{
        await client.end();
    }
}

//# sourceMappingURL=migrations.js.map

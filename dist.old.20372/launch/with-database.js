import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppConfig, ConfigError, withRenamedSettings } from '../config/index.js';
import { prepareDataFolder, readJson } from './data-folder.js';
import { DataLock } from './data-lock.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { ChildRegistry } from './child-registry.js';
import { LaunchRefused } from './launch.errors.js';
import { LogFile } from './log-file.js';
import { applyMigrations } from './migrations.js';
import { PortRegistry } from './port-registry.js';
// What npm run cli runs for commands that need the data folder to themselves: the folder's lock is taken, the embedded PostgreSQL
// (where there is no DATABASE_URL) is started for the time of the command, migrations are applied, and cli.js does the rest.
//   node dist/launch/with-database.js storage:adopt
const path = (name)=>fileURLToPath(new URL(name, import.meta.url));
const migrations = path('../../prisma/migrations');
const functions = path('..');
const STOP_MS = 10_000;
/** The command's exit code. @throws LaunchRefused when the platform runs, or the database cannot be had */ async function runWithDatabase(args) {
    const { env } = withRenamedSettings(process.env);
    const config = AppConfig.parse(env);
    prepareDataFolder(config.dataDir);
    const lock = DataLock.take(config.dataDir);
    const log = new LogFile(join(config.dataDir, 'logs', 'postgres.log'));
    let embedded = null;
    try {
        if (lock.wasAbandoned) await new ChildRegistry(config.inData('processes.json')).endLeftovers();
        // As the owner of the tables: a backup is restored by who may change them.
        let url = config.values.DATABASE_OWNER_URL || config.values.DATABASE_URL;
        if (url === '') {
            const ports = new PortRegistry(config.inData('ports.json'));
            embedded = new EmbeddedDatabase(config.dataDir, ports, log, (line)=>console.error(line));
            url = (await embedded.start()).ownerUrl;
        }
        // A backup is restored into the tables that it came out of; the next start brings them up to date.
        const only = args[0] === 'restore' ? migrationsOf(args[1]) : null;
        await applyMigrations(url, {
            migrations,
            functions
        }, only);
        return await runCommand(args, {
            ...env,
            DATABASE_URL: url
        });
    } finally{
        await embedded?.stop(STOP_MS);
        log.close();
        lock.release();
    }
}
/** Those that the platform had when the backup was made; null: cli.js will say what is wrong with it. */ function migrationsOf(backup) {
    const file = join(backup ?? '', 'manifest.json');
    if (backup === undefined || !existsSync(file)) return null;
    const manifest = readJson(file);
    return Array.isArray(manifest?.migrations) ? new Set(manifest.migrations) : null;
}
function runCommand(args, env) {
    const child = fork(path('../cli.js'), args, {
        env,
        execArgv: [
            '--enable-source-maps'
        ]
    });
    for (const signal of [
        'SIGINT',
        'SIGTERM'
    ])process.on(signal, ()=>child.kill(signal));
    return new Promise((resolve, reject)=>{
        child.once('error', reject);
        child.once('exit', (code)=>resolve(code ?? 1));
    });
}
try {
    process.exitCode = await runWithDatabase(process.argv.slice(2));
} catch (error) {
    console.error(error instanceof LaunchRefused || error instanceof ConfigError ? error.message : error);
    process.exitCode = 1;
}

//# sourceMappingURL=with-database.js.map

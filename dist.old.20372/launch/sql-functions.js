import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
/** What `migrationOf` writes above each file, and how a migration is found to hold it. */ const header = /^-- file ([\w.-]+\.sql) sha256 ([0-9a-f]{64})$/gm;
/** All `*.sql` of a folder and below it, in the order of their names. @throws Error when two have one name. */ export function readFunctions(folder) {
    const files = readdirSync(folder, {
        recursive: true,
        withFileTypes: true
    }).filter((entry)=>entry.isFile() && entry.name.endsWith('.sql')).map((entry)=>{
        const sql = readFileSync(join(entry.parentPath, entry.name), 'utf8');
        return {
            name: basename(entry.name),
            sql,
            checksum: createHash('sha256').update(sql).digest('hex')
        };
    }).sort((a, b)=>a.name < b.name ? -1 : 1);
    const twice = files.find(({ name }, at)=>files[at + 1]?.name === name);
    if (twice) throw new Error(`two files of SQL functions are called ${twice.name}`);
    return files;
}
/** The files that no migration holds as they are now: what `prisma migrate deploy` would not bring about. */ export function notInMigrations(files, migrations) {
    const newest = new Map();
    for (const { sql } of migrations)for (const [, name, checksum] of sql.matchAll(header))newest.set(name ?? '', checksum ?? '');
    return files.filter(({ name, checksum })=>newest.get(name) !== checksum);
}
/** The text of a migration that applies these files. They may name each other whatever their order. */ export function migrationOf(files) {
    const texts = files.map(({ name, checksum, sql })=>`-- file ${name} sha256 ${checksum}\n${sql.trimEnd()}\n`);
    return [
        '-- Made by scripts/prisma-migration.mjs --functions out of the files of src/ that changed.\n',
        'SET check_function_bodies = off;\n',
        ...texts,
        'RESET check_function_bodies;\n'
    ].join('\n');
}
/** Numbers that more than one migration bears. Two of the first ones share 0005. */ export function numbersUsedTwice(names) {
    const numbers = names.map((name)=>name.slice(0, 4)).filter((number)=>number !== '0005');
    return [
        ...new Set(numbers.filter((number, at)=>numbers.indexOf(number) !== at))
    ];
}
/** The number of the next migration: one more than the highest. */ export function nextNumber(names) {
    return String(Math.max(0, ...names.map((name)=>Number.parseInt(name, 10))) + 1).padStart(4, '0');
}

//# sourceMappingURL=sql-functions.js.map

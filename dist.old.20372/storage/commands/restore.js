import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { carId } from '../../shared/index.js';
import { BackupUnusable } from '../domain/storage.errors.js';
import { checkedBytes, lengthOf, readManifest, writeWhole } from './backup-files.js';
/**
 * A backup becomes a data folder and a database again: CARs first, each checked on its way, then all rows in one
 * transaction. The folder must hold no CAR and bear no name, the database must hold no row; a restore that was cut off
 * goes on when it is run again, and nothing starts on the folder before it has finished.
 *
 * @throws BackupUnusable, and leaves what was there as it was
 */ export async function restore(tools, source) {
    const { identity, platform } = tools;
    const manifest = await readManifest(source);
    const marks = await identity.read();
    const goesOn = marks.restoring === restoreMark(manifest);
    if (!goesOn) await assertEmptyFolder(tools, marks.folder);
    const rows = await tools.rows();
    try {
        await assertSameTables(rows, manifest);
        const used = await rows.used();
        const isFilled = goesOn && used.length > 0 && (await platform.identity()).id === manifest.platformId;
        if (used.length > 0 && !isFilled) throw new BackupUnusable(`the database is not empty (${used.slice(0, 3).join(', ')}): restore into a new one`);
        await identity.markRestoring(restoreMark(manifest));
        await writeNodeId(tools.config, manifest);
        for (const car of manifest.cars)await restoreCar(tools.folder, source, car);
        if (!isFilled) await fill(rows, source, manifest);
    } finally{
        await rows.close();
    }
    await identity.write(manifest.platformId, await platform.nextGeneration(0n));
    await identity.clearRestoring();
    return manifest;
}
async function fill(rows, source, manifest) {
    await rows.empty(manifest.tables);
    for (const table of manifest.tables)await pipeline(checkedBytes(source, table), createGunzip(), rows.copyIn(table));
    await rows.commit(manifest.tables, manifest.sequences);
}
/** One that is there already, of a restore that was cut off, has been checked: it has its name since it was whole. */ async function restoreCar(folder, source, car) {
    const target = folder.pathOf(carId(car.id));
    if (await lengthOf(target) !== car.bytes) await writeWhole(target, checkedBytes(source, car));
}
async function assertEmptyFolder({ config, folder }, platformId) {
    if (platformId !== null || await lengthOf(config.inData('node-id')) !== null) throw new BackupUnusable(`${config.dataDir} is the data folder of a platform: restore into a new one`);
    for await (const { id } of folder.list())throw new BackupUnusable(`${config.dataDir} holds CARs (${id}): restore into a new folder`);
    const index = await readdir(config.inData('index')).catch(()=>[]);
    if (index.length > 0) throw new BackupUnusable(`${config.dataDir} has a block index: restore into a new folder`);
}
async function assertSameTables(rows, { migrations }) {
    const here = new Set(await rows.migrations());
    const missing = migrations.filter((name)=>!here.has(name));
    const more = [
        ...here
    ].filter((name)=>!migrations.includes(name));
    if (missing.length > 0) throw new BackupUnusable(`the backup is of a newer version: ${missing[0]} is not known here`);
    if (more.length > 0) throw new BackupUnusable(`the database is of a newer version (${more[0]}) than the backup: restore into a new one`);
}
/** The folder is the node that was backed up: rows of CARs bear its name. */ async function writeNodeId(config, { nodeId }) {
    const file = config.inData('node-id');
    await mkdir(config.dataDir, {
        recursive: true
    });
    if (await lengthOf(file) === null) await writeWhole(file, [
        Buffer.from(`${nodeId}\n`)
    ]);
    else if ((await readFile(file, 'utf8')).trim() !== nodeId) throw new BackupUnusable(`${path.join(config.dataDir, 'node-id')} names another node than the backup`);
}
function restoreMark({ platformId, dump }) {
    return `${platformId} ${dump}`;
}

//# sourceMappingURL=restore.js.map

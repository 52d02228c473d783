import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { CarReader, hashMatches } from '../../ipld/index.js';
import { messageOf } from '../../shared/index.js';
import { checkedBytes, readManifest } from './backup-files.js';
/**
 * Reads all of a backup: every file has its length and checksum, every table can be unpacked, every block of every CAR
 * is what its CID says. Changes nothing, and needs no database.
 * @throws BackupUnusable when there is no backup at all
 */ export async function verifyBackup(folder) {
    const manifest = await readManifest(folder);
    const problems = [];
    let blocks = 0;
    const note = (what)=>(error)=>{
            problems.push(`${what}: ${messageOf(error)}`);
        };
    for (const file of [
        ...manifest.tables,
        ...manifest.cars
    ])await drain(checkedBytes(folder, file)).catch(note(file.file));
    for (const { file } of manifest.tables){
        const text = createReadStream(path.join(folder, file));
        await drain(text.pipe(createGunzip())).catch(note(file));
    }
    for (const car of manifest.cars)await countBlocks(path.join(folder, car.file)).then((count)=>{
        blocks += count;
    }, note(car.file));
    return {
        manifest,
        blocks,
        problems: [
            ...new Set(problems)
        ]
    };
}
/** How many there are. @throws Error for one that is not what its CID says, CarMalformed, CarTruncated */ async function countBlocks(file) {
    const reader = await CarReader.open(createReadStream(file, {
        highWaterMark: 1024 * 1024
    }));
    let count = 0;
    for await (const { cid, bytes } of reader.blocks()){
        if (!hashMatches(cid, bytes)) throw new Error(`the block ${cid.toString()} is damaged`);
        count += 1;
    }
    return count;
}
async function drain(bytes) {
    const reading = bytes[Symbol.asyncIterator]();
    while(!(await reading.next()).done);
}

//# sourceMappingURL=verify-backup.js.map

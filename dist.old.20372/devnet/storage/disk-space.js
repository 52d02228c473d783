import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
/** What SQLite needs to open its file, to write its journal and to go on for a while. */ const NEEDED_BYTES = 1024 * 1024;
const PAUSE_MS = 2_000;
/**
 * SQLite's own numbers: SQLITE_FULL, and SQLITE_IOERR_SHMSIZE, which is what a full disk makes of its shared memory.
 */ const SQLITE_FULL = [
    13,
    4_874
];
/** By the file system's words or SQLite's; a quota that is used up counts as well. */ export function isDiskFull(error) {
    const { code, errcode } = error ?? {};
    return code === 'ENOSPC' || code === 'EDQUOT' || errcode !== undefined && SQLITE_FULL.includes(errcode);
}
/** Resolves as soon as the folder takes some bytes; says once that it waits, and why. */ export async function waitForSpace(folder, say, pauseMs = PAUSE_MS) {
    for(let told = false; !hasSpace(folder); told = true){
        if (!told) say(`devnet: the disk that holds ${folder} is full; waiting for room`);
        await sleep(pauseMs);
    }
}
function hasSpace(folder) {
    const probe = join(folder, `.room.${process.pid}`);
    try {
        mkdirSync(folder, {
            recursive: true
        });
        writeFileSync(probe, Buffer.alloc(NEEDED_BYTES, 1));
        return true;
    } catch (error) {
        if (isDiskFull(error)) return false;
        throw error;
    } finally{
        rmSync(probe, {
            force: true
        });
    }
}

//# sourceMappingURL=disk-space.js.map

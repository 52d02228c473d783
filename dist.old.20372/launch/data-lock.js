import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FileLock, readLockHolder } from '../shared/file-lock.js';
import { LaunchRefused } from './launch.errors.js';
import { findProcess, isSameProcess } from './process-identity.js';
/** A data folder is used by one launcher at a time: two would append to the same files. */ export class DataLock {
    constructor(lock, wasAbandoned){
        this.lock = lock;
        this.wasAbandoned = wasAbandoned;
    }
    /**
   * The kernel decides, so a launcher in another container that shares the folder counts, too.
   * @throws LaunchRefused naming the holder, when a living launcher has the folder
   */ static take(folder) {
        const path = join(folder, 'locks', 'launcher.lock');
        const lock = FileLock.tryTake(path);
        if (lock === null) {
            const holder = readLockHolder(path);
            const elsewhere = holder === null || holder.host === hostname() ? '' : ` on ${holder.host}`;
            throw refusal(folder, `${holder?.pid ?? 'unknown'}${elsewhere}`);
        }
        try {
            return new DataLock(lock, endOldLock(folder) || lock.wasAbandoned);
        } catch (error) {
            lock.release(false);
            throw error;
        }
    }
    /** Frees the folder for the next launcher. Called last, when everything that writes there has ended. */ release() {
        this.lock.release();
    }
}
function refusal(folder, holder) {
    return new LaunchRefused(`Tidewater already runs on ${folder} (process ${holder}). Stop it first, ` + 'or start a second one beside it with its own folder and port:\n' + '  TIDEWATER_DATA=/another/folder PORT=3104 npm start');
}
/**
 * Earlier versions wrote the number of their process into `launcher.lock` and left that when they were killed. One that
 * still runs is respected. Answers whether there was such a file. @throws LaunchRefused while its process lives
 */ function endOldLock(folder) {
    const path = join(folder, 'launcher.lock');
    const holder = readOldHolder(path);
    if (holder === undefined) return false;
    const living = holder && findProcess(holder.pid);
    if (holder && living && isSameProcess(living, holder)) throw refusal(folder, String(holder.pid));
    rmSync(path, {
        force: true
    });
    return true;
}
/** Null when its content is not ours, undefined when there is no such file. */ function readOldHolder(path) {
    try {
        const { pid, began } = JSON.parse(readFileSync(path, 'utf8'));
        return typeof pid === 'number' && typeof began === 'string' ? {
            pid,
            began
        } : null;
    } catch (error) {
        return error.code === 'ENOENT' ? undefined : null;
    }
}

//# sourceMappingURL=data-lock.js.map

import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, findProcess, isSameProcess } from '../process-identity.js';
/** How long each of the signals has to work before the next, harder one is sent. */ const timeoutMs = 8_000;
/**
 * Stops the PostgreSQL that a killed launcher left running on `folder`, if there is one: fast, then immediate, then
 * killed; likewise the servers of single connections that outlive a killed PostgreSQL. Whoever calls this holds the
 * lock of the data folder, so nobody can be using it. Resolves to the pid stopped, null when there was none. @throws
 * Error when it outlives all three.
 */ export async function stopLeftover(folder) {
    const pid = postmasterPid(folder);
    const leftover = pid === null ? null : findProcess(pid);
    const found = leftover !== null && isPostgresOf(leftover.pid, folder);
    if (found) await end(leftover, folder);
    for (const orphan of processesIn(folder))await end(orphan, folder);
    return found ? leftover.pid : null;
}
/** @throws Error when it outlives every signal */ async function end(leftover, folder) {
    for (const signal of [
        'SIGINT',
        'SIGQUIT',
        'SIGKILL'
    ]){
        signalIfAlive(leftover.pid, signal);
        const deadline = performance.now() + timeoutMs;
        while(performance.now() < deadline){
            const now = findProcess(leftover.pid);
            if (now === null || !isSameProcess(now, leftover)) return;
            await sleep(20);
        }
    }
    throw new Error(`A PostgreSQL from an earlier run (pid ${leftover.pid}) still holds ${folder} and does not end; end it by hand.`);
}
/**
 * The living processes of a PostgreSQL that work in this folder: it and nothing else, so one whose folder cannot be
 * read is none of them. None where there is no /proc, or no folder.
 */ function processesIn(folder) {
    if (process.platform !== 'linux' || !existsSync(folder)) return [];
    const real = realpathSync(folder);
    return readdirSync('/proc').map(Number).filter((pid)=>pid > 0 && commandOf(pid) === 'postgres' && workingFolderOf(pid) === real).map(findProcess).filter((found)=>found !== null);
}
/** Null when it has gone, or is not ours to look into. */ function workingFolderOf(pid) {
    try {
        return readlinkSync(`/proc/${pid}/cwd`);
    } catch  {
        return null;
    }
}
/** postmaster.pid outlives a crash, and its number may since belong to a stranger: the folder must agree too. */ function isPostgresOf(pid, folder) {
    if (process.platform === 'linux') {
        try {
            return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
        } catch  {
        // Not ours to look into: fall back to the name.
        }
    }
    return commandOf(pid)?.includes('postgres') ?? false;
}
/** A process that has gone meanwhile is what was wanted. */ function signalIfAlive(pid, signal) {
    try {
        process.kill(pid, signal);
    } catch (error) {
        if (error.code !== 'ESRCH') throw error;
    }
}
/** The first line of postmaster.pid is the process number (PostgreSQL documentation, "Server File Layout"). */ function postmasterPid(folder) {
    try {
        return Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    } catch  {
        return null;
    }
}

//# sourceMappingURL=leftover.js.map

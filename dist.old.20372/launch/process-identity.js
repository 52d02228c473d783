import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
/** The living process with this number, or null. Zombies count as dead. */ export function findProcess(pid) {
    if (!Number.isSafeInteger(pid) || pid <= 0) return null;
    try {
        process.kill(pid, 0);
    } catch (error) {
        // EPERM: it lives, and belongs to somebody else.
        if (error.code !== 'EPERM') return null;
    }
    const began = process.platform === 'linux' ? beganOnLinux(pid) : beganElsewhere(pid);
    return began === null ? null : {
        pid,
        began
    };
}
/** Where the machine does not tell when a process began, the number alone decides. */ export function isSameProcess(a, b) {
    return a.pid === b.pid && (a.began === b.began || a.began === '' || b.began === '');
}
/** The command name of a living process, or null: `postgres`, `node`. */ export function commandOf(pid) {
    try {
        if (process.platform === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
        if (process.platform === 'win32') return null;
        return execFileSync('ps', [
            '-o',
            'comm=',
            '-p',
            String(pid)
        ], {
            encoding: 'utf8'
        }).trim() || null;
    } catch  {
        return null;
    }
}
/** proc(5): field 22 of stat is the start in clock ticks since boot; the boot id makes it unique. */ function beganOnLinux(pid) {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (fields[0] === 'Z') return null;
        const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
        return `${boot}/${fields[19] ?? ''}`;
    } catch (error) {
        return error.code === 'ENOENT' ? null : '';
    }
}
/** Elsewhere `ps` tells the start to the second. Null: no such process; empty: the machine does not tell. */ function beganElsewhere(pid) {
    if (process.platform === 'win32') return '';
    try {
        const said = execFileSync('ps', [
            '-o',
            'stat=,lstart=',
            '-p',
            String(pid)
        ], {
            encoding: 'utf8'
        }).trim();
        if (said === '' || said.startsWith('Z')) return null;
        return said.replace(/^\S+\s+/, '');
    } catch  {
        return null;
    }
}

//# sourceMappingURL=process-identity.js.map

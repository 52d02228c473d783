import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
/** Root started us, and PostgreSQL cannot be run for it. */ export class CannotLeaveRoot extends Error {
}
/** PostgreSQL refuses to run as root; then an unprivileged account of the machine runs it. */ export function isRoot() {
    return process.getuid?.() === 0;
}
/**
 * The account that runs PostgreSQL when root starts us: `postgres` where /etc/passwd has one, else `nobody`. @throws
 * CannotLeaveRoot when there is neither.
 */ export function unprivilegedAccount() {
    const accounts = new Map(readFileSync('/etc/passwd', 'utf8').split('\n').map((line)=>{
        const [name, , uid, gid] = line.split(':');
        return [
            name,
            {
                uid: Number(uid),
                gid: Number(gid)
            }
        ];
    }));
    const account = accounts.get('postgres') ?? accounts.get('nobody');
    if (account === undefined || account.uid === 0) {
        throw new CannotLeaveRoot('PostgreSQL does not run as root, and this machine has neither an account "postgres" nor "nobody". ' + 'Start as an ordinary user, or set DATABASE_URL.');
    }
    return account;
}
/**
 * Chooses how programs that need `folders` run as an unprivileged account; as they are, when we are not root. Where a
 * folder above them is closed to others (a clone in /root), the account keeps one capability, to walk through it.
 *
 * @throws CannotLeaveRoot when this machine's setpriv cannot give that capability.
 */ export function wrapForRoot(folders) {
    if (!isRoot()) return {
        before: [],
        as: {},
        owner: null
    };
    const account = unprivilegedAccount();
    const closed = folders.map((folder)=>firstClosedFolder(folder, account)).find((folder)=>folder !== null);
    if (closed === undefined) return {
        before: [],
        as: account,
        owner: account
    };
    const before = [
        'setpriv',
        `--reuid=${account.uid}`,
        `--regid=${account.gid}`,
        '--clear-groups',
        '--inh-caps=+dac_override',
        '--ambient-caps=+dac_override',
        // Without this bit access(2), which initdb asks, leaves capabilities out of its answer.
        '--securebits=+no_setuid_fixup',
        '--'
    ];
    try {
        execFileSync(before[0] ?? '', [
            ...before.slice(1),
            'true'
        ], {
            stdio: 'ignore'
        });
    } catch (cause) {
        throw new CannotLeaveRoot(`PostgreSQL does not run as root, and the account that would run it cannot reach ${closed}. ` + 'Put the clone and the data folder where others may enter (chmod o+x), start as an ordinary user, or set DATABASE_URL.', {
            cause
        });
    }
    return {
        before,
        as: {},
        owner: account
    };
}
/**
 * The nearest folder, from this one upwards, that the account may not enter by its permission bits; null when it may
 * enter all.
 */ function firstClosedFolder(folder, account) {
    for(let at = folder;; at = dirname(at)){
        const { mode, uid, gid } = statSync(at);
        const entry = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
        if ((mode & entry) === 0) return at;
        if (at === dirname(at)) return null;
    }
}

//# sourceMappingURL=unprivileged.js.map

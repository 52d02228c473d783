import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainDiskError } from './launch.errors.js';
import { isRoot } from './postgres/unprivileged.js';
/**
 * Makes the data folder with its `logs` and proves, by writing 4 KiB and removing them, that bytes can be written
 * there. May be repeated: a folder that exists keeps its mode and what is in it.
 *
 * @throws LaunchRefused for a full disk, missing permission, a read-only file system, or a file in the way; any other
 * error as the system gave it.
 */ export function prepareDataFolder(folder) {
    try {
        // Closed to others. Where root starts us, PostgreSQL runs as another account, which must walk through (not look
        // around).
        makeFolder(folder, isRoot() ? 0o711 : 0o700);
        makeFolder(join(folder, 'logs'), 0o700);
        const probe = join(folder, `.probe.${process.pid}`);
        writeFileSync(probe, randomBytes(4_096));
        rmSync(probe);
    } catch (error) {
        throw explainDiskError(error, folder);
    }
}
/**
 * Makes the folder with what is missing above it. Node's own `recursive` never returns where a file system says ENOENT
 * to every new name, as /proc does.
 */ function makeFolder(folder, mode) {
    if (existsSync(folder)) {
        if (statSync(folder).isDirectory()) return;
    } else if (!existsSync(dirname(folder))) {
        makeFolder(dirname(folder), mode);
    }
    mkdirSync(folder, {
        mode
    });
}
/**
 * A small JSON file that survives restarts. Undefined when it is missing, cannot be read, or is no JSON; callers check
 * the shape.
 */ export function readJson(path) {
    try {
        return JSON.parse(readFileSync(path, 'utf8'));
    } catch  {
        return undefined;
    }
}
/**
 * Writes the whole file or leaves the old one: into a file beside, then renamed. Not synced to disk, so a power cut may
 * bring the old one back. Readable by its owner only (0600). Throws what the file system throws.
 */ export function writeJson(path, value) {
    const fresh = `${path}.${process.pid}`;
    try {
        writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, {
            mode: 0o600
        });
        renameSync(fresh, path);
    } catch (error) {
        rmSync(fresh, {
            force: true
        });
        throw error;
    }
}
/**
 * A secret that is made once, at the first call, and read from the file afterwards: 24 random bytes as 48 hex digits,
 * readable by its owner only (0600).
 */ export function persistentSecret(path) {
    if (existsSync(path)) return readFileSync(path, 'utf8').trim();
    const secret = randomBytes(24).toString('hex');
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, `${secret}\n`, {
        mode: 0o600
    });
    renameSync(fresh, path);
    return secret;
}

//# sourceMappingURL=data-folder.js.map

import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
/** A file with mode 0600, replaced as a whole. */ export class PrivateKeyFile {
    constructor(path){
        this.path = path;
    }
    /** The token without the line end; null when there is no file. */ async read() {
        try {
            return (await readFile(this.path, 'utf8')).trim();
        } catch (error) {
            if (error.code === 'ENOENT') return null;
            throw error;
        }
    }
    /** Draft, fsync, rename, fsync of the folder: whoever reads finds the old token or the new one. */ async write(token) {
        const folder = dirname(this.path);
        await mkdir(folder, {
            recursive: true
        });
        const draft = `${this.path}.${process.pid}`;
        await rm(draft, {
            force: true
        });
        const file = await open(draft, 'wx', 0o600);
        try {
            await file.writeFile(`${token}\n`);
            await file.sync();
        } finally{
            await file.close();
        }
        await rename(draft, this.path);
        await syncFolder(folder);
    }
}
/** A rename lasts only once its folder is on disk, too. Windows cannot open folders. */ async function syncFolder(folder) {
    if (process.platform === 'win32') return;
    const handle = await open(folder, 'r');
    try {
        await handle.sync();
    } finally{
        await handle.close();
    }
}

//# sourceMappingURL=private-key-file.js.map

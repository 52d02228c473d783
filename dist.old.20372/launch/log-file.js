import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
/** Bytes. */ const defaultLimit = 20 * 1024 * 1024;
/**
 * A log that never grows without end: when it passes its limit it becomes `.1`, `.1` becomes `.2`, and so on;
 * the last one goes. A disk that is full loses log lines, never the process.
 */ export class LogFile {
    constructor(path, limit = defaultLimit, kept = 3){
        this.path = path;
        this.limit = limit;
        this.kept = kept;
        this.file = openSync(path, 'a', 0o600);
        this.size = fstatSync(this.file).size;
    }
    /** Appends, synchronously. Never throws: what cannot be written is lost. */ write(chunk) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        try {
            // Turned over only between lines: a chunk that ends one is the last of its file.
            writeSync(this.file, bytes);
            this.size += bytes.length;
            if (this.size >= this.limit && bytes.at(-1) === 0x0a) this.turnOver();
        } catch  {
        // Nothing sensible can be done, and the console still gets warnings.
        }
    }
    /** After this, nothing may be written. */ close() {
        closeSync(this.file);
    }
    /** The old file stays open until the new one is: its number must never name somebody else's file. */ turnOver() {
        this.size = 0;
        rmSync(`${this.path}.${this.kept}`, {
            force: true
        });
        for(let age = this.kept - 1; age >= 0; age--){
            try {
                renameSync(age === 0 ? this.path : `${this.path}.${age}`, `${this.path}.${age + 1}`);
            } catch (error) {
                if (error.code !== 'ENOENT') throw error;
            }
        }
        const old = this.file;
        this.file = openSync(this.path, 'a', 0o600);
        closeSync(old);
    }
}

//# sourceMappingURL=log-file.js.map

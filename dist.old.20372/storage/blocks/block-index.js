import { readFileSync } from 'node:fs';
import { mkdir, open as openFile, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { open } from 'lmdb';
import { carId } from '../../shared/index.js';
import { syncDirectory } from '../places/sync-directory.js';
/** Changing this rebuilds the index of every node at its next start. */ const FORMAT = 'tidewater-block-index 1';
const PLACE_BYTES = 27;
const MAX_KEY_BYTES = 512;
/**
 * Multihash -> places in CAR files, in LMDB, shared by the processes of this node. Several places for one block: each
 * CAR keeps its own, so that forgetting one never hides the other.
 *
 * Nothing here is synced to disk while it runs (docs/decisions): a killed process loses nothing, because the pages are
 * the kernel's; after a power cut the index is not trusted and rebuilt from the CAR files. Small files beside the
 * database tell which it was: `complete`, and `open.<process>` with the machine's boot, which a clean end takes away.
 */ export class BlockIndex {
    constructor(config, user){
        this.user = user;
        this.folder = config.inData('index');
    }
    /**
   * False: what was there was of no use (absent, broken, of another format, not closed before the machine went down);
   * now it is empty.
   */ async open() {
        await mkdir(this.folder, {
            recursive: true
        });
        const trusted = await this.isTrusted();
        if (!trusted) await this.startEmpty();
        try {
            this.database = this.openDatabase();
        } catch  {
            await this.startEmpty();
            this.database = this.openDatabase();
        }
        await this.write(`open.${this.user}`, machineBoot());
        return trusted && await this.read('complete') === FORMAT;
    }
    /** Everything is in it: the next start trusts it. */ async markComplete() {
        await this.write('complete', FORMAT);
    }
    /** Visible to every process when it resolves. */ async add(entries) {
        let last;
        for (const { key, place } of entries){
            if (key.length <= MAX_KEY_BYTES) last = this.db.put(bufferOf(key), encodePlace(place));
        }
        await last;
    }
    async remove(entries) {
        let last;
        for (const { key, place } of entries){
            if (key.length <= MAX_KEY_BYTES) last = this.db.remove(bufferOf(key), encodePlace(place));
        }
        await last;
    }
    /** The first place that is known, or null. */ find(cid) {
        const value = this.db.get(bufferOf(cid.multihash.bytes));
        return value ? decodePlace(value) : null;
    }
    findAll(cid) {
        return [
            ...this.db.getValues(bufferOf(cid.multihash.bytes))
        ].map(decodePlace);
    }
    /**
   * To disk: the next start trusts it, whatever happens to the machine meanwhile. Other processes may go on using it.
   */ async close() {
        const { database } = this;
        if (!database) return;
        this.database = undefined;
        await database.flushed;
        await database.close();
        const file = await openFile(path.join(this.folder, 'data.mdb'), 'r+');
        await file.sync();
        await file.close();
        await rm(path.join(this.folder, `open.${this.user}`), {
            force: true
        });
    }
    get db() {
        if (!this.database) throw new Error('the block index is not open');
        return this.database;
    }
    openDatabase() {
        return open({
            path: this.folder,
            dupSort: true,
            keyEncoding: 'binary',
            encoding: 'binary',
            noSync: true
        });
    }
    async isTrusted() {
        if (await this.read('complete') !== FORMAT) return false;
        const users = (await readdir(this.folder)).filter((name)=>name.startsWith('open.'));
        const boots = await Promise.all(users.map((name)=>this.read(name)));
        return boots.every((boot)=>boot === machineBoot());
    }
    async startEmpty() {
        await rm(this.folder, {
            recursive: true,
            force: true
        });
        await mkdir(this.folder, {
            recursive: true
        });
    }
    async read(name) {
        return readFile(path.join(this.folder, name), 'utf8').catch(()=>null);
    }
    async write(name, text) {
        const file = await openFile(path.join(this.folder, name), 'w');
        await file.writeFile(text);
        await file.sync();
        await file.close();
        await syncDirectory(this.folder);
    }
}
/** The next start of a process rebuilds the index from the CAR files. While nothing runs. */ export async function forgetIndex(config) {
    await rm(config.inData('index', 'complete'), {
        force: true
    });
}
/** Tells one run of the machine from the next. */ function machineBoot() {
    try {
        return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    } catch  {
        // Elsewhere: the time of the boot, to the minute. A wrong answer costs a rebuild, nothing else.
        return String(Math.round((Date.now() / 1000 - os.uptime()) / 60));
    }
}
function bufferOf(bytes) {
    return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
function encodePlace({ carId: id, offset, length, cidLength }) {
    const value = Buffer.allocUnsafe(PLACE_BYTES);
    value.write(id.replaceAll('-', ''), 0, 16, 'hex');
    value.writeUIntBE(offset, 16, 6);
    value.writeUInt32BE(length, 22);
    value.writeUInt8(cidLength, 26);
    return value;
}
function decodePlace(value) {
    const hex = value.toString('hex', 0, 16);
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    return {
        carId: carId(id),
        offset: value.readUIntBE(16, 6),
        length: value.readUInt32BE(22),
        cidLength: value.readUInt8(26)
    };
}

//# sourceMappingURL=block-index.js.map

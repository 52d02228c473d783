import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as varint from 'uint8-varint';
/**
 * More than a section's length, CID version, codec and multihash ever take: with so many bytes there is no need to wait
 * for more.
 */ const LONGEST_PREFIX = 10 + 2 + 10 + 10 + 128;
const LONGEST_HEADER = 8 * 2 ** 20;
/** The header of a CARv1 (https://ipld.io/specs/transport/car/carv1/) with one root. */ export function carHeader(root) {
    const header = dagCbor.encode({
        version: 1,
        roots: [
            root
        ]
    });
    return Buffer.concat([
        varint.encode(header.length),
        header
    ]);
}
/** What stands before a block of so many bytes in its section. */ export function carSectionPrefix(cid, size) {
    return Buffer.concat([
        varint.encode(cid.bytes.length + size),
        cid.bytes
    ]);
}
/** The roots that a CARv1 header names; throws with a reason when the bytes are no CARv1 header. */ export function carRoots(start) {
    const [length, prefix] = readLength(start);
    if (length === 0 || length > LONGEST_HEADER) throw new Error(`invalid CAR header length ${length}`);
    if (start.length < prefix + length) throw new Error('CAR header is cut off');
    const header = dagCbor.decode(start.subarray(prefix, prefix + length));
    if (header.version !== 1) throw new Error(`only CARv1 can be imported, this is version ${String(header.version)}`);
    const roots = (header.roots ?? []).map((root)=>CID.asCID(root));
    return roots.filter((root)=>root !== null);
}
/**
 * Finds the sections of a CARv1 that arrives in chunks of any size, holding no block in memory. Stops (`malformed`) at
 * the first section that makes no sense: a miner stores bytes, not promises about them.
 */ export class SectionScanner {
    /** Calls `found` for each section whose prefix is complete, before its block has arrived. */ push(chunk, found) {
        if (this.malformed) return;
        let bytes = this.pending.length ? Buffer.concat([
            this.pending,
            chunk
        ]) : chunk;
        for(;;){
            const skipped = Math.min(this.skip, bytes.length);
            bytes = bytes.subarray(skipped);
            this.skip -= skipped;
            this.position += skipped;
            if (this.skip > 0 || bytes.length === 0) break;
            const used = this.readPrefix(bytes, found);
            if (used === 0) break;
            bytes = bytes.subarray(used);
            this.position += used;
        }
        this.pending = copy(bytes);
    }
    /** Call after the last chunk. */ end() {
        if (!this.malformed && (this.skip > 0 || this.pending.length > 0)) this.malformed = `the CAR ends inside a section at byte ${this.position}`;
    }
    /** Returns the bytes used, 0 when more are needed. */ readPrefix(bytes, found) {
        if (bytes.length < LONGEST_PREFIX && !isWhole(bytes)) return 0;
        try {
            const [length, prefix] = readLength(bytes);
            if (!this.headerDone) {
                this.headerDone = true;
                this.skip = length;
                return prefix;
            }
            const cid = CID.inspectBytes(bytes.subarray(prefix));
            if (cid.size > length) throw new Error('section shorter than its CID');
            const multihash = copy(bytes.subarray(prefix + cid.size - cid.multihashSize, prefix + cid.size));
            found({
                multihash,
                position: this.position + prefix + cid.size,
                length: length - cid.size
            });
            this.skip = length - cid.size;
            return prefix + cid.size;
        } catch (error) {
            this.malformed = `byte ${this.position}: ${error instanceof Error ? error.message : String(error)}`;
            return bytes.length;
        }
    }
    constructor(){
        this.pending = new Uint8Array(0);
        this.position = 0;
        this.skip = 0;
        this.headerDone = false;
    }
}
/**
 * A varint and the bytes that it takes. @throws when the bytes end inside it, and for another than its shortest form.
 */ function readLength(bytes) {
    const value = varint.decode(bytes);
    const used = varint.encodingLength(value);
    if ((bytes[used - 1] ?? 0x80) >= 0x80) throw new RangeError('a length is not in its shortest form');
    return [
        value,
        used
    ];
}
/** `Buffer.slice` would keep, and send between threads, the whole chunk behind it. */ function copy(bytes) {
    return Uint8Array.from(bytes);
}
/** Whether a whole section stands in these bytes. */ function isWhole(bytes) {
    try {
        const [length, prefix] = readLength(bytes);
        return bytes.length >= prefix + length;
    } catch  {
        return false;
    }
}

//# sourceMappingURL=car-sections.js.map

import { decode } from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { MAX_CID_TEXT } from '../../shared/index.js';
import { CarMalformed, CarTruncated } from '../ipld.errors.js';
import { readVarint } from '../varint.js';
import { ByteReader } from './byte-reader.js';
/** No block of a CAR that we accept is larger: what bitswap carries is 2 MiB, the largest chunkers make 1 MiB. */ export const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
const MAX_CID_BYTES = 512;
const MAX_HEADER_BYTES = 1024 * 1024;
/** What follows the pragma of a CARv2, a CARv1 header `{ version: 2 }` (https://ipld.io/specs/transport/car/carv2/). */ const V2_HEADER_BYTES = 40;
/**
 * Reads a CAR, version 1 or 2, from a stranger, as it comes in. Nothing but the framing is looked at: whether a block's
 * bytes belong to its CID is for the caller to check (`hashMatches`). Ours and not `@ipld/car`'s because blocks are
 * views of the buffers that came, lengths have limits before anything is buffered, and every failure names its byte.
 */ export class CarReader {
    constructor(header, reader, end){
        this.header = header;
        this.reader = reader;
        this.end = end;
    }
    /**
   * Reads up to the first block; on failure the source is closed.
   * @throws CarMalformed, CarTruncated, what the source throws
   */ static async open(source) {
        const reader = new ByteReader(source);
        try {
            const first = await readHeader(reader);
            if (first.version === 1) return new CarReader(first, reader, Infinity);
            if (first.version !== 2) throw malformed('it is neither CAR version 1 nor 2', 0);
            const start = reader.offset;
            const header = Buffer.from(await take(reader, V2_HEADER_BYTES, 'the CARv2 header'));
            const dataOffset = Number(header.readBigUInt64LE(16));
            const dataSize = Number(header.readBigUInt64LE(24));
            if (!Number.isSafeInteger(dataOffset + dataSize) || dataOffset < reader.offset || dataSize === 0) throw malformed('the CARv2 header points nowhere', start);
            if (!await reader.skip(dataOffset - reader.offset)) throw truncated('it ends before its data', reader.offset);
            const inner = await readHeader(reader);
            if (inner.version !== 1) throw malformed('the data of a CARv2 is not a CARv1', dataOffset);
            return new CarReader(inner, reader, dataOffset + dataSize);
        } catch (error) {
            await reader.close();
            throw error;
        }
    }
    /**
   * The roots that the header names, each once. A stranger wrote them.
   * @throws CarMalformed when there are none, more than `most`, or others than CIDs.
   */ roots(most) {
        const { roots, offset } = this.header;
        if (!Array.isArray(roots)) throw malformed('the header has no roots', offset);
        if (roots.length > most) throw malformed(`the header names ${roots.length} roots, more than ${most}`, offset);
        if (roots.length === 0) throw malformed('the header names no root', offset);
        const cids = roots.map((root)=>{
            const cid = CID.asCID(root);
            if (!cid) throw malformed('a root of the header is not a CID', offset);
            // Nobody could ask for it by its name.
            if (cid.toString().length > MAX_CID_TEXT) throw malformed(`the CID of a root has more than ${MAX_CID_TEXT} characters`, offset);
            return cid;
        });
        return [
            ...new Map(cids.map((cid)=>[
                    cid.toString(),
                    cid
                ])).values()
        ];
    }
    /**
   * All blocks, once. The source is read to its end, or closed when the caller stops before.
   * @throws CarMalformed, CarTruncated, what the source throws
   */ async *blocks() {
        try {
            yield* sections(this.reader, this.end);
            // The index of a CARv2 is the sender's business: ours is made from the blocks.
            if (this.end !== Infinity) await this.reader.skip(Infinity);
        } finally{
            await this.reader.close();
        }
    }
}
/**
 * The blocks of a stretch of CAR sections without a header. @throws CarMalformed, CarTruncated, what the source throws
 */ export async function* readSections(source) {
    const reader = new ByteReader(source);
    try {
        yield* sections(reader, Infinity);
    } finally{
        await reader.close();
    }
}
/**
 * What stands before a block in its section, or null where no section begins. `bytes` need not hold the block itself.
 */ export function readSectionPrefix(bytes) {
    try {
        const size = readVarint(bytes);
        if (!size || size.value === 0) return null;
        const [cid] = CID.decodeFirst(bytes.subarray(size.length));
        const blockLength = size.value - cid.bytes.length;
        return blockLength < 0 ? null : {
            cid,
            prefixLength: size.length + cid.bytes.length,
            blockLength
        };
    } catch  {
        return null;
    }
}
async function* sections(reader, end) {
    while(reader.offset < end && !await reader.isAtEnd()){
        const offset = reader.offset;
        const size = await readLength(reader, 'section');
        if (size === 0) throw malformed('a section is empty', offset);
        if (size > MAX_BLOCK_BYTES + MAX_CID_BYTES) throw malformed(`a section has ${size} bytes, more than blocks may have`, offset);
        if (reader.offset + size > end) throw malformed('a section passes the end of the CARv2 data', offset);
        yield splitSection(await take(reader, size, 'a section'), offset);
    }
    if (end !== Infinity && reader.offset < end) throw truncated('it ends inside its data', reader.offset);
}
function splitSection(section, offset) {
    let cid;
    let bytes;
    try {
        [cid, bytes] = CID.decodeFirst(section);
    } catch (error) {
        throw new CarMalformed('a section does not begin with a CID', offset, error);
    }
    if (bytes.length > MAX_BLOCK_BYTES) throw malformed(`a block has ${bytes.length} bytes, more than ${MAX_BLOCK_BYTES}`, offset);
    return {
        cid,
        bytes,
        offset
    };
}
async function readHeader(reader) {
    const offset = reader.offset;
    const size = await readLength(reader, 'header');
    if (size === 0 || size > MAX_HEADER_BYTES) throw malformed(`a header of ${size} bytes`, offset);
    const bytes = await take(reader, size, 'the header');
    try {
        const header = decode(bytes);
        return {
            version: header.version,
            roots: header.roots,
            offset
        };
    } catch (error) {
        throw new CarMalformed('the header is not dag-cbor', offset, error);
    }
}
async function readLength(reader, of) {
    const start = reader.offset;
    let value;
    try {
        value = await reader.varint();
    } catch (error) {
        if (error instanceof RangeError) throw new CarMalformed(`the length of a ${of}: ${error.message}`, start, error);
        throw error;
    }
    if (value === null) throw truncated(`it ends inside the length of a ${of}`, start);
    return value;
}
async function take(reader, length, what) {
    const start = reader.offset;
    const bytes = await reader.take(length);
    if (!bytes) throw truncated(`it ends inside ${what}`, start);
    return bytes;
}
function malformed(what, offset) {
    return new CarMalformed(`not a valid CAR: ${what} (offset ${offset})`, offset);
}
function truncated(what, offset) {
    return new CarTruncated(`not a valid CAR: ${what} (offset ${offset})`, offset);
}

//# sourceMappingURL=read.js.map

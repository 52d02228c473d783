import { createHash, hash } from 'node:crypto';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { encodeFileNode, RAW, SHA2_256 } from '../../ipld/index.js';
export const profileNames = [
    'unixfs-v1-2025',
    'unixfs-v0-2015'
];
/** IPIP-499's profiles: https://specs.ipfs.tech/ipips/ipip-0499/ */ export const importProfiles = {
    'unixfs-v1-2025': {
        name: 'unixfs-v1-2025',
        chunkBytes: 1024 * 1024,
        width: 1024,
        rawLeaves: true
    },
    'unixfs-v0-2015': {
        name: 'unixfs-v0-2015',
        chunkBytes: 256 * 1024,
        width: 174,
        rawLeaves: false
    }
};
/**
 * Turns a file, chunk by chunk, into the balanced UnixFS DAG of its profile. A level is folded into a node as soon as
 * it is full, so memory holds one level's width of links per level, whatever the file's size.
 */ export class FileDag {
    constructor(profile){
        this.profile = profile;
        /** links[0] are leaves that wait for a parent, links[1] their parents, ... */ this.levels = [];
        this.leaves = 0;
    }
    /** The leaf of the next chunk (at most `chunkBytes`), and every node that it completes. */ *leaf(parts, length) {
        const block = this.profile.rawLeaves ? rawLeaf(parts, length) : this.wrappedLeaf(parts, length);
        this.leaves += 1;
        yield block;
        yield* this.push(0, {
            cid: block.cid,
            cumulative: block.length,
            fileBytes: length
        });
    }
    /** The nodes that are still missing; the last block of all is the root. An empty file has one empty leaf. */ *finish() {
        if (this.leaves === 0) yield* this.leaf([], 0);
        for(let level = 0;; level++){
            const links = this.levels[level] ?? [];
            const isTop = level === this.levels.length - 1;
            if (isTop && links.length === 1 && links[0]) return links[0].cid;
            if (links.length > 0) yield* this.fold(level);
        }
    }
    *push(level, link) {
        const links = this.levels[level] ??= [];
        // A full level is folded when one more comes, so that the last full one may be the root's own.
        if (links.length === this.profile.width) yield* this.fold(level);
        this.levels[level].push(link);
    }
    *fold(level) {
        const links = this.levels[level];
        this.levels[level] = [];
        const bytes = dagPb.encode(dagPb.prepare({
            Data: encodeFileNode({
                blockSizes: links.map((link)=>link.fileBytes)
            }),
            Links: links.map((link)=>({
                    Name: '',
                    Tsize: link.cumulative,
                    Hash: link.cid
                }))
        }));
        const block = this.node(bytes);
        yield block;
        const sum = (of)=>links.reduce((total, link)=>total + of(link), 0);
        yield* this.push(level + 1, {
            cid: block.cid,
            cumulative: bytes.length + sum((link)=>link.cumulative),
            fileBytes: sum((link)=>link.fileBytes)
        });
    }
    wrappedLeaf(parts, length) {
        const data = Buffer.concat(parts, length);
        return this.node(dagPb.encode(dagPb.prepare({
            Data: encodeFileNode({
                data,
                blockSizes: []
            }),
            Links: []
        })));
    }
    node(bytes) {
        const digest = sha256([
            bytes
        ]);
        return {
            cid: this.profile.rawLeaves ? CID.createV1(dagPb.code, digest) : CID.createV0(digest),
            parts: [
                bytes
            ],
            length: bytes.length
        };
    }
}
function rawLeaf(parts, length) {
    return {
        cid: CID.createV1(RAW, sha256(parts)),
        parts,
        length
    };
}
/**
 * SHA-256 in the caller's thread, straight over the network buffers. Handing 1 MiB to another thread costs a copy and
 * page faults that take nearly as long as hashing it (0.45 ms against 0.5 ms, measured).
 */ function sha256(parts) {
    const [only] = parts;
    if (parts.length === 1 && only) return Digest.create(SHA2_256, hash('sha256', only, 'buffer'));
    const state = createHash('sha256');
    for (const part of parts)state.update(part);
    return Digest.create(SHA2_256, state.digest());
}
/**
 * A client may send a byte at a time: from so many parts on, those of a chunk are copied into one. Parts as the network
 * makes them (64 KiB) never are so many.
 */ const MOST_PARTS = 1024;
/**
 * Cuts a stream into chunks of exactly `size` bytes (the last one shorter), without copying: a chunk is a list of
 * buffers.
 */ export async function* chunksOf(source, size) {
    let chunk = {
        parts: [],
        length: 0,
        ended: []
    };
    for await (const buffer of source){
        let rest = buffer;
        while(chunk.length + rest.length >= size){
            const fits = size - chunk.length;
            chunk.parts.push(rest.subarray(0, fits));
            chunk.length = size;
            rest = rest.subarray(fits);
            if (rest.length === 0 && ownsMemory(buffer)) chunk.ended.push(buffer);
            yield chunk;
            chunk = {
                parts: [],
                length: 0,
                ended: []
            };
        }
        if (rest.length > 0) {
            if (chunk.parts.length >= MOST_PARTS) chunk.parts = [
                Buffer.concat(chunk.parts)
            ];
            chunk.parts.push(rest);
            chunk.length += rest.length;
            if (ownsMemory(buffer)) chunk.ended.push(buffer);
        }
    }
    if (chunk.length > 0) yield chunk;
}
function ownsMemory({ buffer, byteLength }) {
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
}
/**
 * Frees the memory of buffers now, not when the collector comes by: network buffers are large and many, and each
 * 64 MiB of them costs a full collection otherwise (half of an upload's CPU time, measured). Only for buffers that have
 * their memory for themselves, and that nobody reads any more: they are empty afterwards.
 */ export function detachBuffers(buffers) {
    for (const part of buffers)if (ownsMemory(part)) part.buffer.transfer(0);
}

//# sourceMappingURL=file-dag.js.map

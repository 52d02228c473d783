import { atOnce } from '../shared/index.js';
import { DAG_PB, MURMUR3_X64_64, RAW } from './codecs.js';
import { DagPbNode } from './dag-pb-node.js';
import { UnixfsUnsound } from './ipld.errors.js';
import { readUnixfsData } from './unixfs-data.js';
/** The widest shard that is made (as boxo's hamt has it); 8 is what a byte of its bit field says. */ const LARGEST_FANOUT = 1024;
const SMALLEST_FANOUT = 8;
/** What shards are made with where they say nothing. */ const USUAL_FANOUT = 256;
/**
 * What a block is, in one go.
 * @throws UnixfsUnsound when it claims to be a file and its sizes contradict its links, or a shard of a width that no
 * sharded directory has.
 */ export function unixfsNode(cid, bytes) {
    return atOnce(readUnixfsNode(cid, bytes));
}
/** The same with pauses: yields now and then. @throws as `unixfsNode` does */ export function* readUnixfsNode(cid, bytes) {
    if (cid.code === RAW) return {
        kind: 'file',
        size: bytes.length,
        inline: bytes,
        children: NO_CHILDREN
    };
    const read = yield* readUnixfs(cid, bytes);
    if (!read) return {
        kind: 'other'
    };
    const { node, data } = read;
    switch(data.type){
        case 'file':
        case 'raw':
            return fileNode(cid, data, node);
        case 'directory':
            return {
                kind: 'directory',
                links: new PbMembers(node)
            };
        case 'shard':
            return shardNode(cid, data, node);
        case 'symlink':
            return {
                kind: 'symlink',
                target: data.data
            };
        case 'metadata':
            return {
                kind: 'other'
            };
    }
}
/** Never throws: what is no sound UnixFS is a DAG all the same, of unknown type. A symlink is of unknown type, too. */ export function rootFacts(cid, bytes) {
    if (cid.code === RAW) return {
        type: 'file',
        size: bytes.length
    };
    const data = atOnce(readUnixfs(cid, bytes))?.data;
    if (data?.type === 'directory' || data?.type === 'shard') return {
        type: 'directory',
        size: null
    };
    if (data?.type !== 'file' && data?.type !== 'raw') return {
        type: 'unknown',
        size: null
    };
    const size = data.blockSizes.reduce((sum, next)=>sum + next, data.data.length);
    return Number.isSafeInteger(size) ? {
        type: 'file',
        size
    } : {
        type: 'unknown',
        size: null
    };
}
/** Null for what is no UnixFS. */ function* readUnixfs(cid, bytes) {
    if (cid.code !== DAG_PB) return null;
    try {
        const node = yield* DagPbNode.read(bytes);
        return node.data === null ? null : {
            node,
            data: yield* readUnixfsData(node.data)
        };
    } catch  {
        // Bytes under a codec that they do not follow: they can be had as a block, and are no file and no directory.
        return null;
    }
}
function fileNode(cid, { blockSizes, data }, node) {
    if (blockSizes.length !== node.length) throw new UnixfsUnsound(`${cid.toString()} names ${node.length} children and ${blockSizes.length} sizes`);
    // From here on each entry is where its child ends.
    let end = 0;
    for(let index = 0; index < blockSizes.length; index++)blockSizes[index] = end += blockSizes[index];
    const size = data.length + end;
    if (!Number.isSafeInteger(size)) throw new UnixfsUnsound(`${cid.toString()} claims an absurd size`);
    return {
        kind: 'file',
        size,
        inline: data,
        children: new PbChildren(node, blockSizes)
    };
}
/** @throws UnixfsUnsound: a width of 0 or 1 takes no bit of a hash, and a walk through such shards has no end */ function shardNode(cid, data, node) {
    const fanout = data.fanout ?? USUAL_FANOUT;
    const bits = Math.log2(fanout);
    if (!Number.isInteger(bits) || fanout < SMALLEST_FANOUT || fanout > LARGEST_FANOUT) throw new UnixfsUnsound(`${cid.toString()} is a shard of width ${fanout}; powers of two from 8 to 1,024 are`);
    if (data.hashType !== null && data.hashType !== MURMUR3_X64_64) throw new UnixfsUnsound(`${cid.toString()} is sharded by hash 0x${data.hashType.toString(16)}, not by murmur3`);
    if (node.length > fanout) throw new UnixfsUnsound(`${cid.toString()} is a shard of width ${fanout} with ${node.length} links`);
    return {
        kind: 'shard',
        links: new PbMembers(node),
        prefixLength: (fanout - 1).toString(16).length,
        bits
    };
}
/** Links of a dag-pb block as members. */ let PbMembers = class PbMembers {
    constructor(node){
        this.node = node;
    }
    get length() {
        return this.node.length;
    }
    nameOf(index) {
        return this.node.nameAt(index);
    }
    at(index) {
        return {
            name: this.nameOf(index),
            cid: this.node.cidAt(index),
            size: this.node.sizeAt(index) ?? 0
        };
    }
    *[Symbol.iterator]() {
        for(let index = 0; index < this.length; index++)yield this.at(index);
    }
};
/** Links of a dag-pb block as the parts of a file. `ends`: where each ends. */ let PbChildren = class PbChildren {
    constructor(node, ends){
        this.node = node;
        this.ends = ends;
    }
    get length() {
        return this.ends.length;
    }
    startOf(index) {
        return index === 0 ? 0 : this.ends[index - 1] ?? 0;
    }
    sizeOf(index) {
        return (this.ends[index] ?? 0) - this.startOf(index);
    }
    cidOf(index) {
        if (!this.node) throw new RangeError('there are no children');
        return this.node.cidAt(index);
    }
    /** By halves: the ends only grow. */ firstBehind(position) {
        let [low, high] = [
            0,
            this.length
        ];
        while(low < high){
            const middle = low + high >>> 1;
            if (this.ends[middle] > position) high = middle;
            else low = middle + 1;
        }
        return low;
    }
    *[Symbol.iterator]() {
        for(let index = 0; index < this.length; index++)yield {
            cid: this.cidOf(index),
            size: this.sizeOf(index)
        };
    }
};
const NO_CHILDREN = new PbChildren(null, new Float64Array(0));

//# sourceMappingURL=unixfs-node.js.map

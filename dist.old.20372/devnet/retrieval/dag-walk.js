import { open } from 'node:fs/promises';
import { identityBytes, linksInScope, linksOf } from './block-links.js';
/** The miner has no CAR with this block. */ export class BlockMissing extends Error {
    constructor(cid, miner){
        super(`miner ${miner} does not hold block ${cid.toString()}`);
    }
}
/** Reads single blocks out of the CARs that one miner received; opens each CAR once. */ export class MinerBlocks {
    constructor(finder, miner){
        this.finder = finder;
        this.miner = miner;
        this.files = new Map();
    }
    /** The bytes as the miner received them. @throws BlockMissing */ async get(cid) {
        const inlined = identityBytes(cid);
        if (inlined) return inlined;
        const found = this.finder.block(cid.multihash.bytes, this.miner);
        if (!found) throw new BlockMissing(cid, this.miner);
        return this.read(found);
    }
    /** Closes every CAR that was opened. */ async close() {
        await Promise.all([
            ...this.files.values()
        ].map((file)=>file.close()));
        this.files.clear();
    }
    async read({ path, position, length }) {
        let file = this.files.get(path);
        if (!file) {
            file = await open(path, 'r');
            this.files.set(path, file);
        }
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
        if (bytesRead < length) throw new Error(`${path} is cut off at byte ${position + bytesRead}`);
        return buffer;
    }
}
/** A DAG depth first, each block once (dups=n); blocks inlined in their CID are followed and not given out. */ export async function* walkDag(blocks, root, scope) {
    const seen = new Set();
    const stack = [
        root
    ];
    for(let cid = stack.pop(); cid; cid = stack.pop()){
        const key = Buffer.from(cid.multihash.bytes).toString('latin1') + String.fromCharCode(cid.code & 0xff);
        if (seen.has(key)) continue;
        seen.add(key);
        const bytes = await blocks.get(cid);
        const links = cid.equals(root) ? linksInScope(cid, bytes, scope) : linksOf(cid, bytes);
        if (!identityBytes(cid)) yield {
            cid,
            bytes,
            isLeaf: links.length === 0
        };
        for(let i = links.length - 1; i >= 0; i--){
            const link = links[i];
            if (link) stack.push(link);
        }
    }
}

//# sourceMappingURL=dag-walk.js.map

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha256 } from 'multiformats/hashes/sha2';
import { Throttle } from '../market/throttle.js';
import { carHeader, carSectionPrefix } from '../storage/car-sections.js';
import { BLAKE2B_256 } from '../chain/cids.js';
import { MinerBlocks, walkDag } from './dag-walk.js';
import { corrupt } from '../miners/characters.js';
/**
 * Pulls a whole DAG from a miner at its speed into a CAR; returns the bytes of its blocks. Throws at the first block
 * whose bytes don't hash to its CID, when a block is missing and when the miner goes; what was written until then stays
 * for the caller to remove.
 */ export async function receiveDag({ roster, blocks, miner, root, path, signal }) {
    await sleep(2 * miner.latencyMs, undefined, {
        signal
    });
    const source = new MinerBlocks(blocks, miner.address);
    const target = await open(path, 'w');
    const throttle = new Throttle(()=>roster.speed(miner));
    let received = 0;
    try {
        await writeAll(target, carHeader(root));
        for await (const { cid, bytes, isLeaf } of walkDag(source, root, 'all')){
            const character = roster.character(miner);
            if (character === 'down' || character === 'vanish') throw new Error(`could not connect to provider ${miner.address}`);
            const sent = character === 'lie' && isLeaf ? corrupt(bytes) : bytes;
            if (!matches(cid, sent)) throw new Error(`data transfer failed: block ${cid.toString()} from ${miner.address} does not match its hash`);
            await writeAll(target, carSectionPrefix(cid, sent.length));
            await writeAll(target, sent);
            received += sent.length;
            await throttle.passed(sent.length, signal);
        }
        return received;
    } finally{
        await target.close();
        await source.close();
    }
}
/** Other hashes than SHA-256 and blake2b-256 are taken as they come. */ function matches({ multihash: { code, digest } }, bytes) {
    if (code === sha256.code) return createHash('sha256').update(bytes).digest().equals(digest);
    if (code === BLAKE2B_256) return Buffer.from(blake2b(bytes, {
        dkLen: 32
    })).equals(digest);
    return true;
}
async function writeAll(file, bytes) {
    let written = 0;
    while(written < bytes.length)written += (await file.write(bytes, written)).bytesWritten;
}

//# sourceMappingURL=receive-dag.js.map

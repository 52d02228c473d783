import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { create } from 'fr32-sha2-256-trunc254-padded-binary-tree-multihash';
import { SectionScanner } from './car-sections.js';
import { readInPlace } from './read-in-place.js';
/**
 * One pass over a CAR: SHA-256, optionally commP, optionally a copy with an index of its blocks. Memory stays at a few
 * MiB.
 */ const ROWS_AT_ONCE = 2000;
const port = parentPort;
if (!port) throw new Error('reader.worker runs as a worker thread only');
port.on('message', (job)=>{
    read(job).then((reply)=>port.postMessage(reply), (error)=>port.postMessage({
            id: job.id,
            kind: 'failed',
            reason: error instanceof Error ? error.message : String(error)
        }));
});
async function read(job) {
    const target = job.copyTo ? await open(job.copyTo, 'w') : undefined;
    try {
        return await pass(job, target);
    } finally{
        await target?.close();
    }
}
/** Blocks are reported in batches while it reads, and the result once at the end. */ async function pass(job, target) {
    const sha = createHash('sha256');
    const hasher = job.commP ? create() : undefined;
    const scanner = target ? new SectionScanner() : undefined;
    let rows = [];
    const flush = ()=>{
        if (rows.length) port?.postMessage({
            id: job.id,
            kind: 'blocks',
            rows
        });
        rows = [];
    };
    let size = 0;
    try {
        for await (const chunk of readInPlace(job.path)){
            size += chunk.length;
            sha.update(chunk);
            hasher?.write(chunk);
            if (target) await writeAll(target, chunk);
            scanner?.push(chunk, (section)=>rows.push(section));
            if (rows.length >= ROWS_AT_ONCE) flush();
        }
        scanner?.end();
        flush();
        return {
            id: job.id,
            kind: 'done',
            sha: sha.digest('hex'),
            size,
            malformed: scanner?.malformed,
            piece: hasher && digestOf(hasher)
        };
    } finally{
        hasher?.free();
    }
}
/** The digest is: padding (varint), tree height (one byte), root (32 bytes). */ function digestOf(hasher) {
    const digest = new Uint8Array(hasher.digestByteLength());
    hasher.digestInto(digest, 0, false);
    return {
        root: digest.slice(-32),
        height: digest.at(-33) ?? 0
    };
}
async function writeAll(target, chunk) {
    let written = 0;
    while(written < chunk.length)written += (await target.write(chunk, written)).bytesWritten;
}

//# sourceMappingURL=reader.worker.js.map

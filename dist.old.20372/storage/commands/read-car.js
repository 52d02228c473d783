import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { blockKey, DAG_CBOR, hashMatches, HEADER_BYTES, linksOf, RAW } from '../../ipld/index.js';
import { rootOf } from '../cars/platform-check.js';
import { scanSections } from '../cars/section-scan.js';
/** Reads a whole CAR of ours; every block is hashed. @throws what the file system throws */ export async function readFoundCar(folder, id) {
    const fileBytes = await folder.sizeOf(id) ?? 0;
    const root = await rootOf(folder, id);
    const blocks = new Map();
    const handle = await folder.openForWriting(id);
    let end = Math.min(HEADER_BYTES, fileBytes);
    let listsFrom = end;
    let damaged = 0;
    try {
        for await (const { cid, start, offset, length } of scanSections(handle, HEADER_BYTES, fileBytes)){
            end = offset + length;
            if (cid.code !== DAG_CBOR) listsFrom = end;
            const bytes = await readFully(handle, offset, length);
            if (!hashMatches(cid, bytes)) {
                damaged += 1;
                continue;
            }
            const links = cid.code === RAW ? [] : linksOf(cid, bytes, 'lenient').map(blockKey);
            const found = {
                carId: id,
                cid,
                start,
                sectionLength: end - start,
                length,
                links
            };
            const same = blocks.get(blockKey(cid));
            if (same) same.push(found);
            else blocks.set(blockKey(cid), [
                found
            ]);
        }
        const lists = root && await readLists(blocks, root, handle, listsFrom);
        return {
            id,
            fileBytes,
            end,
            root,
            blocks,
            listNodes: lists?.listNodes ?? new Set(),
            members: lists?.members ?? null,
            damaged
        };
    } finally{
        await handle.close();
    }
}
/** The bytes of a block that was found. */ export async function readFoundBlock(folder, block) {
    const offset = block.start + block.sectionLength - block.length;
    const bytes = await folder.read(block.carId, offset, block.length);
    if (!bytes) throw new Error(`CAR ${block.carId} became shorter while it was read`);
    return bytes;
}
/**
 * The nodes of a root that is a plain list of links, or lists of lists, and what they list; null for a root of another
 * kind. Where such a list is the root of somebody's DAG, what it links to is taken for DAGs.
 */ async function readLists(blocks, root, handle, listsFrom) {
    const listNodes = new Set();
    const members = [];
    const pending = [
        root
    ];
    for(let next = pending.pop(); next !== undefined; next = pending.pop()){
        const key = blockKey(next);
        const block = blocks.get(key)?.at(-1);
        const isList = block !== undefined && block.start >= listsFrom && !listNodes.has(key);
        const links = isList ? await listIn(block, handle) : null;
        if (links) {
            listNodes.add(key);
            for (const link of links.reverse())pending.push(link);
        } else {
            members.push(next);
        }
    }
    return listNodes.size > 0 ? {
        listNodes,
        members
    } : null;
}
async function listIn({ cid, start, sectionLength, length }, handle) {
    if (cid.code !== DAG_CBOR) return null;
    const value = dagCbor.decode(await readFully(handle, start + sectionLength - length, length));
    if (!Array.isArray(value) || value.length === 0) return null;
    const links = value.map((item)=>CID.asCID(item));
    return links.every((link)=>link !== null) ? links : null;
}
async function readFully(handle, offset, length) {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while(filled < length){
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) throw new Error('the file became shorter while it was read');
        filled += bytesRead;
    }
    return buffer;
}

//# sourceMappingURL=read-car.js.map

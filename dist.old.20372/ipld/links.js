import { decodeOptions } from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { atOnce, MAX_CID_TEXT, messageOf } from '../shared/index.js';
import { assertIdentityLength, isIdentity, LONGEST_IDENTITY } from './block-hash.js';
import { CBOR, DAG_CBOR, DAG_JSON, DAG_PB, JSON_CODEC, RAW } from './codecs.js';
import { readDagCborLinks } from './dag-cbor-links.js';
import { DagPbNode } from './dag-pb-node.js';
import { BlockUndecodable, CodecUnknown, IdentityTooLong } from './ipld.errors.js';
const NO_LINKS = {
    length: 0,
    weight: 0,
    at: ()=>{
        throw new RangeError('there are no links');
    }
};
/** What each codec says a block links to. Raw bytes, plain JSON and plain CBOR have no links by definition. */ const READERS = new Map([
    [
        RAW,
        none
    ],
    [
        JSON_CODEC,
        none
    ],
    [
        CBOR,
        none
    ],
    [
        DAG_PB,
        dagPbLinks
    ],
    [
        DAG_CBOR,
        dagCborLinks
    ],
    [
        DAG_JSON,
        dagJsonLinks
    ]
]);
/**
 * The links of a block in the order of its bytes, each as often as it is there, identity CIDs included. Never
 * recursive, however deep the values of a block lie in each other. Yields now and then, so that whoever reads blocks of
 * strangers can pause (`inSlices`).
 * @throws IdentityTooLong, whatever the strictness: when the block's own CID or one of its links carries over 128
 * bytes.
 * @throws CodecUnknown, BlockUndecodable when strict.
 */ export function* readLinks(cid, bytes, strictness) {
    assertIdentityLength(cid);
    const { table, longestIdentity } = yield* decoded(cid, bytes, strictness);
    if (longestIdentity > LONGEST_IDENTITY) throw new IdentityTooLong(`a CID carries ${longestIdentity} bytes; more than ${LONGEST_IDENTITY} must be a block`);
    return table;
}
/** All links at once, as objects: for blocks that are known to be small. @throws as `readLinks` does */ export function blockLinks(cid, bytes, strictness = 'strict') {
    return [
        ...linksIn(atOnce(readLinks(cid, bytes, strictness)))
    ];
}
/**
 * The CIDs of the blocks that a block links to, in order. Identity CIDs are never stored or sent; what they link to in
 * turn is listed in their place.
 * @throws as `readLinks` does.
 */ export function linksOf(cid, bytes, strictness = 'strict') {
    return [
        ...followLinks(atOnce(readLinks(cid, bytes, strictness)), strictness)
    ];
}
/** The same from a table, one by one. @throws as `readLinks` does, of blocks that lie in CIDs */ export function* followLinks(table, strictness) {
    const open = [
        {
            table,
            next: 0
        }
    ];
    for(let last = open.at(-1); last !== undefined; last = open.at(-1)){
        if (last.next === last.table.length) {
            open.pop();
            continue;
        }
        const { cid } = last.table.at(last.next);
        last.next += 1;
        if (!isIdentity(cid)) yield cid;
        else open.push({
            table: atOnce(readLinks(cid, cid.multihash.digest, strictness)),
            next: 0
        });
    }
}
function* linksIn(table) {
    for(let index = 0; index < table.length; index++)yield table.at(index);
}
function* decoded(cid, bytes, strictness) {
    const read = READERS.get(cid.code);
    if (read === undefined) {
        if (strictness === 'lenient') return yield* none();
        throw new CodecUnknown(`${cid.toString()} has codec 0x${cid.code.toString(16)}, which cannot be followed`);
    }
    try {
        return yield* read(bytes);
    } catch (error) {
        if (strictness === 'lenient') return yield* none();
        throw new BlockUndecodable(`${cid.toString()} cannot be decoded: ${messageOf(error)}`, {
            cause: error
        });
    }
}
function* none() {
    return {
        table: NO_LINKS,
        longestIdentity: 0
    };
}
function* dagPbLinks(bytes) {
    const node = yield* DagPbNode.read(bytes);
    const at = (index)=>{
        const cid = node.cidAt(index);
        return {
            cid,
            bytes: cid.code === RAW ? node.sizeAt(index) : null
        };
    };
    return {
        table: {
            length: node.length,
            weight: node.weight,
            at
        },
        longestIdentity: node.longestIdentity
    };
}
function* dagCborLinks(bytes) {
    const { positions, longestIdentity } = yield* readDagCborLinks(bytes, decodeOptions);
    const at = (index)=>({
            cid: CID.decode(bytes.subarray(positions[2 * index], positions[2 * index + 1])),
            bytes: null
        });
    const length = positions.length / 2;
    return {
        table: {
            length,
            weight: bytes.length + 8 * positions.length,
            at
        },
        longestIdentity
    };
}
/** Values between two pauses of whoever reads a block. */ const VALUES_PER_STEP = 1_024;
/**
 * dag-json writes a link as `{"/": "<cid>"}` (https://ipld.io/specs/codecs/dag-json/spec/). JSON.parse keeps a stack of
 * its own; a reviver would be called from within itself, so the values are walked afterwards.
 */ function* dagJsonLinks(bytes) {
    const text = new TextDecoder('utf-8', {
        fatal: true,
        ignoreBOM: true
    }).decode(bytes);
    const found = [];
    let longestIdentity = 0;
    let steps = 0;
    const pending = [
        JSON.parse(text)
    ];
    while(pending.length > 0){
        steps += 1;
        if (steps % VALUES_PER_STEP === 0) yield;
        const value = pending.pop();
        if (typeof value !== 'object' || value === null) continue;
        if (Array.isArray(value)) {
            for(let index = value.length - 1; index >= 0; index--)pending.push(value[index]);
            continue;
        }
        const names = Object.keys(value);
        const members = value;
        const link = names.length === 1 ? members['/'] : undefined;
        if (typeof link === 'string') {
            // To decode a text in base 36 or 58 takes the square of its length. One this long carries more than any CID may.
            if (link.length > MAX_CID_TEXT) {
                longestIdentity = Math.max(longestIdentity, link.length);
                continue;
            }
            const cid = CID.parse(link);
            if (isIdentity(cid)) longestIdentity = Math.max(longestIdentity, cid.multihash.digest.length);
            found.push(link);
        } else for(let index = names.length - 1; index >= 0; index--)pending.push(members[names[index]]);
    }
    const at = (index)=>({
            cid: CID.parse(found[index]),
            bytes: null
        });
    return {
        table: {
            length: found.length,
            weight: bytes.length,
            at
        },
        longestIdentity
    };
}

//# sourceMappingURL=links.js.map

import { CID } from 'multiformats/cid';
/**
 * A block by its bytes, as a key of maps and sets: the multihash. The same bytes under another codec, or under a CID of
 * another version, have the same key.
 */ export function blockKey(cid) {
    return latin1(cid.multihash.bytes);
}
/** A node of a DAG as a key: codec and multihash, because the same bytes under another codec link to other things. */ export function nodeKey(cid) {
    return latin1((cid.version === 1 ? cid : CID.createV1(cid.code, cid.multihash)).bytes);
}
/** The CIDv1 that a `nodeKey` was made of. */ export function cidOfNodeKey(key) {
    return CID.decode(Buffer.from(key, 'latin1'));
}
/** One character per byte: a quarter of the memory and of the time of base32 text. No copy of the bytes is made. */ function latin1(bytes) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

//# sourceMappingURL=block-key.js.map

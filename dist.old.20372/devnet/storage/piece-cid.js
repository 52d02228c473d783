import { createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
/** Codes of a v1 piece CID: fil-commitment-unsealed, sha2-256-trunc254-padded. */ const COMMITMENT = 0xf101;
const TRUNC254_PADDED = 0x1012;
const NODE_BYTES = 32;
/** From the root of the tree over 32-byte nodes, and its height. */ export function pieceOf(root, height) {
    return {
        pieceCid: CID.createV1(COMMITMENT, Digest.create(TRUNC254_PADDED, root)).toString(),
        pieceSize: NODE_BYTES * 2 ** height
    };
}
/** The same bytes followed by zeros up to a larger piece size: how a client fills a miner's smallest piece. */ export function padPiece(piece, pieceSize) {
    let root = CID.parse(piece.pieceCid).multihash.digest;
    let height = Math.log2(piece.pieceSize / NODE_BYTES);
    const wanted = Math.log2(pieceSize / NODE_BYTES);
    if (!Number.isInteger(wanted) || wanted < height) return piece;
    let zero = new Uint8Array(NODE_BYTES);
    for(let level = 0; level < height; level++)zero = parent(zero, zero);
    for(; height < wanted; height++){
        root = parent(root, zero);
        zero = parent(zero, zero);
    }
    return pieceOf(root, height);
}
/** The unpadded size that Lotus calls `UnpaddedPieceSize`: 127 of every 128 bytes. */ export function unpadded(pieceSize) {
    return pieceSize - pieceSize / 128;
}
/** The padded size of a given unpadded piece size. */ export function padded(unpaddedSize) {
    return unpaddedSize / 127 * 128;
}
/** sha2-256-trunc254-padded: the two highest bits of the last byte are zero. */ function parent(left, right) {
    const digest = createHash('sha256').update(left).update(right).digest();
    digest[NODE_BYTES - 1] = (digest[NODE_BYTES - 1] ?? 0) & 0x3f;
    return digest;
}

//# sourceMappingURL=piece-cid.js.map

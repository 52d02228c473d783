import { createHash } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import { blake2b } from '@noble/hashes/blake2.js';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { sha256 } from 'multiformats/hashes/sha2';
/** Its code in the multicodec table. */ export const BLAKE2B_256 = 0xb220;
/** For a CID of whatever library. */ export function json(cid) {
    return {
        '/': cid.toString()
    };
}
/** A CID as the chain makes them: dag-cbor, blake2b-256. */ export function chainCid(value) {
    return CID.createV1(dagCbor.code, Digest.create(BLAKE2B_256, blake2b(dagCbor.encode(value), {
        dkLen: 32
    })));
}
/** A CID as the storage market makes them for proposals: dag-cbor, sha2-256. */ export function marketCid(value) {
    const digest = createHash('sha256').update(dagCbor.encode(value)).digest();
    return CID.createV1(dagCbor.code, Digest.create(sha256.code, digest));
}

//# sourceMappingURL=cids.js.map

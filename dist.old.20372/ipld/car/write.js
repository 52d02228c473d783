import { encode } from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { cidOf } from '../block-hash.js';
import { DAG_CBOR } from '../codecs.js';
import { varint } from '../varint.js';
/**
 * CAR version 1 (https://ipld.io/specs/transport/car/carv1/): a header, then sections `varint(length) | CID | block`.
 * The headers of our own files name exactly one root of fixed width, so that it can be filled in when the file is
 * finished.
 */ /** Width of a binary CIDv1 with a one-byte codec and a 32-byte hash: the only roots that our own headers name. */ const ROOT_CID_BYTES = 36;
/** Bytes of the header of every CAR file that we keep. */ export const HEADER_BYTES = 59;
/** Where in it the root stands: behind the length, a map of two, the key `roots`, a list of one, and the tag of a CID. */ const ROOT_AT = 14;
/** Stands in the header of a CAR that is not finished: an empty dag-cbor list. */ export const PLACEHOLDER_ROOT = cidOf(DAG_CBOR, encode([]));
/**
 * The 59 bytes at the start of every CAR file that we keep.
 * @throws RangeError for a root of another width: see `headerRoot`.
 */ export function carHeader(root) {
    const header = carHeaderOf([
        root
    ]);
    if (header.length !== HEADER_BYTES) throw new RangeError(`a header root has ${ROOT_CID_BYTES} bytes as CIDv1: ${root.toString()}`);
    return header;
}
/** The root as `carHeader` can name it, or null when its CID has another width. */ export function headerRoot(root) {
    const v1 = root.version === 1 ? root : CID.createV1(root.code, root.multihash);
    return v1.bytes.length === ROOT_CID_BYTES ? v1 : null;
}
/** The root that the 59 bytes of `carHeader` name; null when they are no such header. */ export function rootInHeader(header) {
    try {
        const root = CID.decode(header.subarray(ROOT_AT, ROOT_AT + ROOT_CID_BYTES));
        return Buffer.compare(carHeader(root), header) === 0 ? root : null;
    } catch  {
        // Other bytes than a CID of that width stand there: it is none of our headers.
        return null;
    }
}
/** A header of any width, for CARs that are streamed and not kept. */ export function carHeaderOf(roots) {
    const body = encode({
        roots,
        version: 1
    });
    return Buffer.concat([
        varint(body.length),
        body
    ]);
}
/** What precedes a block of so many bytes in its section: the block itself is written as it is, never copied. */ export function sectionPrefix(cid, blockLength) {
    return Buffer.concat([
        varint(cid.bytes.length + blockLength),
        cid.bytes
    ]);
}

//# sourceMappingURL=write.js.map

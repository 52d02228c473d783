import { CID } from 'multiformats/cid';
import { IDENTITY } from './codecs.js';
/**
 * How many bytes a CID carries in itself; 0 where its hash is a hash. The usual shapes are told without making an
 * object: a block may name half a million CIDs.
 * @throws Error when the stretch is no CID
 */ export function identityBytesOf(bytes, start, end) {
    const length = end - start;
    const version = bytes[start];
    if (version === 0x12 && length === 34 && bytes[start + 1] === 32) return 0;
    if (version === 1 && length >= 4) {
        const hash = bytes[start + 2];
        const digest = bytes[start + 3];
        if (bytes[start + 1] < 0x80 && hash < 0x80 && digest < 0x80 && length === 4 + digest) return hash === IDENTITY ? digest : 0;
    }
    const { multihash } = CID.decode(bytes.subarray(start, end));
    return multihash.code === IDENTITY ? multihash.digest.length : 0;
}

//# sourceMappingURL=cid-bytes.js.map

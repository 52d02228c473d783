import { createHash, hash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { keccak_224, keccak_256, keccak_384, keccak_512 } from '@noble/hashes/sha3.js';
import { IDENTITY, SHA2_256 } from './codecs.js';
import { IdentityTooLong } from './ipld.errors.js';
/**
 * Shorter digests, and the hashes that only have such, could be met by trying: not a name for content. As boxo's
 * verifcid has it.
 */ const SHORTEST_DIGEST = 20;
/** What may lie in a CID instead of behind it. As boxo's verifcid has it. */ export const LONGEST_IDENTITY = 128;
const openssl = (name)=>(bytes)=>hash(name, bytes, 'buffer');
/** What Kubo takes by default, and sha2-384. */ const digesters = new Map([
    [
        SHA2_256,
        openssl('sha256')
    ],
    [
        0x13,
        openssl('sha512')
    ],
    [
        0x20,
        openssl('sha384')
    ],
    [
        0x11,
        openssl('sha1')
    ],
    [
        0x56,
        (bytes)=>hash('sha256', hash('sha256', bytes, 'buffer'), 'buffer')
    ],
    [
        0x14,
        openssl('sha3-512')
    ],
    [
        0x15,
        openssl('sha3-384')
    ],
    [
        0x16,
        openssl('sha3-256')
    ],
    [
        0x17,
        openssl('sha3-224')
    ],
    [
        0x19,
        (bytes, length)=>createHash('shake256', {
                outputLength: Math.max(Math.min(length, 64), 1)
            }).update(bytes).digest()
    ],
    [
        0x1a,
        keccak_224
    ],
    [
        0x1b,
        keccak_256
    ],
    [
        0x1c,
        keccak_384
    ],
    [
        0x1d,
        keccak_512
    ],
    [
        0x1e,
        (bytes, length)=>blake3(bytes, {
                dkLen: Math.max(Math.min(length, 128), 1)
            })
    ],
    ...widths(64).map((width)=>[
            0xb200 + width,
            (bytes)=>blake2b(bytes, {
                    dkLen: width
                })
        ]),
    ...widths(32).map((width)=>[
            0xb240 + width,
            (bytes)=>blake2s(bytes, {
                    dkLen: width
                })
        ])
]);
digesters.set(0xb240, openssl('blake2b512'));
digesters.set(0xb260, openssl('blake2s256'));
/** BLAKE2 has a code for every width in bytes. */ function widths(widest) {
    return Array.from({
        length: widest - SHORTEST_DIGEST + 1
    }, (_, at)=>SHORTEST_DIGEST + at);
}
/** Whether the CID carries its block in itself: such blocks are never stored or sent. */ export function isIdentity(cid) {
    return cid.multihash.code === IDENTITY;
}
/** @throws IdentityTooLong for an identity CID with more than 128 bytes in it. */ export function assertIdentityLength(cid) {
    const { code, digest } = cid.multihash;
    if (code === IDENTITY && digest.length > LONGEST_IDENTITY) throw new IdentityTooLong(`a CID carries ${digest.length} bytes; more than ${LONGEST_IDENTITY} must be a block`);
}
/** The CIDv1 of bytes under a codec, by SHA2-256: what this platform names its own blocks with. */ export function cidOf(codec, bytes) {
    return CID.createV1(codec, Digest.create(SHA2_256, hash('sha256', bytes, 'buffer')));
}
/** Whether we can tell if bytes belong to this CID. */ export function canVerify(cid) {
    const { code, digest } = cid.multihash;
    return code === IDENTITY ? digest.length <= LONGEST_IDENTITY : digest.length >= SHORTEST_DIGEST && digesters.has(code);
}
/**
 * The digest of a multihash code over bytes; null for a code that is not known here. `length` is how much of it is
 * wanted.
 */ export function digestOf(code, bytes, length) {
    return digesters.get(code)?.(bytes, length) ?? null;
}
/** Whether the bytes are the block that the CID names. A truncated digest is compared by its length. */ export function hashMatches(cid, bytes) {
    if (!canVerify(cid)) return false;
    const { code, digest } = cid.multihash;
    if (code === IDENTITY) return Buffer.compare(digest, bytes) === 0;
    const computed = digestOf(code, bytes, digest.length);
    if (!computed || digest.length > computed.length) return false;
    return Buffer.compare(digest, computed.length === digest.length ? computed : computed.subarray(0, digest.length)) === 0;
}
/** The table as libraries of `multiformats` ask for it. @throws Error for a code that is not in it. */ export function multihashHasher(code) {
    if (!digesters.has(code)) throw new Error(`multihash code 0x${code.toString(16)} is not known here`);
    return {
        code,
        name: `0x${code.toString(16)}`,
        encode: (bytes)=>Uint8Array.from(digestOf(code, bytes, 32) ?? []),
        digest: (bytes, options)=>{
            const wanted = options?.truncate;
            const digest = digestOf(code, bytes, wanted ?? 32) ?? new Uint8Array();
            return Digest.create(code, wanted !== undefined && wanted < digest.length ? digest.subarray(0, wanted) : digest);
        }
    };
}

//# sourceMappingURL=block-hash.js.map

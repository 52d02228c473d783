import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { base32 } from 'multiformats/bases/base32';
import { base58btc } from 'multiformats/bases/base58';
/** Protocol 1 of an address; its checksum is blake2b of 4 bytes over protocol and payload. */ const SECP256K1_PROTOCOL = 1;
/** Protocol 0: the actor's number. */ export function idAddress(id) {
    return `t0${id}`;
}
/** The same address as this network writes it; not checked otherwise. */ export function sameNetwork(address) {
    return address.startsWith('f') ? `t${address.slice(1)}` : address;
}
/** Undefined for every other kind of address. */ export function idOf(address) {
    const match = /^t0(\d+)$/.exec(address);
    return match ? Number(match[1]) : undefined;
}
/** A secp256k1 account address, from a key that follows from the seed. */ export function keyAddress(seed, label) {
    const ecdh = createECDH('secp256k1');
    ecdh.setPrivateKey(createHash('sha256').update(`${seed}/wallet/${label}`).digest());
    return secp256k1Address(ecdh.getPublicKey());
}
/** The address of an uncompressed public key (65 bytes): blake2b-160 of it, in base32 with checksum. */ export function secp256k1Address(publicKey) {
    const payload = blake2b(publicKey, {
        dkLen: 20
    });
    const checksum = blake2b(Uint8Array.of(SECP256K1_PROTOCOL, ...payload), {
        dkLen: 4
    });
    return `t${SECP256K1_PROTOCOL}${base32.baseEncode(Uint8Array.of(...payload, ...checksum))}`;
}
/** An ed25519 libp2p peer id, from a key that follows from the seed. */ export function peerId(seed, label) {
    const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
    const secret = createHash('sha256').update(`${seed}/peer/${label}`).digest();
    const key = createPrivateKey({
        key: Buffer.concat([
            pkcs8Prefix,
            secret
        ]),
        format: 'der',
        type: 'pkcs8'
    });
    const spki = createPublicKey(key).export({
        format: 'der',
        type: 'spki'
    });
    return base58btc.baseEncode(Buffer.concat([
        Buffer.from('002408011220', 'hex'),
        spki.subarray(-32)
    ]));
}
/** The binary multiaddr /ip4/127.0.0.1/tcp/PORT/http (codes: multiaddr protocols table). */ export function loopbackHttpMultiaddr(port) {
    return Uint8Array.of(0x04, 127, 0, 0, 1, 0x06, port >> 8, port & 0xff, 0xe0, 0x03);
}

//# sourceMappingURL=addresses.js.map

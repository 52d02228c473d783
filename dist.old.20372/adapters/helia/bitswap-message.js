import { varint } from '../../ipld/index.js';
/**
 * Bitswap's messages written field by field, so that a block goes out as it came from disk: the library's encoder
 * copies it. Field numbers and wire type 2 (bytes) of version 1.2.0
 * (https://specs.ipfs.tech/bitswap-protocol/#bitswap-1-2-0-wire-format).
 */ const PAYLOAD = 3 << 3 | 2;
const PRESENCES = 4 << 3 | 2;
const FIRST = 1 << 3 | 2;
const SECOND = 2 << 3 | 2;
const SECOND_NUMBER = 2 << 3;
/** A block as a field of a message: what stands before the bytes, and the bytes themselves, not copied. */ export function blockField(cid, bytes) {
    const prefix = numbers(cid.version, cid.code, cid.multihash.code, cid.multihash.digest.length);
    const inner = Buffer.concat([
        numbers(FIRST, prefix.length),
        prefix,
        numbers(SECOND, bytes.length)
    ]);
    return [
        Buffer.concat([
            numbers(PAYLOAD, inner.length + bytes.length),
            inner
        ]),
        bytes
    ];
}
/** "Have it" or "don't have it". */ export function presenceField(cid, has) {
    const { bytes } = cid;
    const inner = Buffer.concat([
        numbers(FIRST, bytes.length),
        bytes,
        numbers(SECOND_NUMBER, has ? 0 : 1)
    ]);
    return Buffer.concat([
        numbers(PRESENCES, inner.length),
        inner
    ]);
}
/** A message made of fields, with its length in front, as it goes into a stream. */ export function framed(fields) {
    return [
        numbers(fields.reduce((sum, field)=>sum + field.length, 0)),
        ...fields
    ];
}
/** Numbers as protobuf writes them, one after the other. */ function numbers(...values) {
    return Buffer.concat(values.map(varint));
}

//# sourceMappingURL=bitswap-message.js.map

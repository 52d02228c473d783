import { decode, encode, encodingLength } from 'uint8-varint';
/** So many bytes hold every safe integer; a longer one is not a length. */ export const MAX_VARINT_BYTES = 8;
/** An unsigned varint (https://github.com/multiformats/unsigned-varint). @throws RangeError above 2^53 - 1. */ export function varint(value) {
    return encode(value);
}
/**
 * Reads an unsigned varint; null when the bytes end inside it.
 * @throws RangeError when it is longer than a length can be, or longer than its value needs (the specification knows
 * one form only).
 */ export function readVarint(bytes, at = 0) {
    for(let length = 1; length <= MAX_VARINT_BYTES; length++){
        const byte = bytes[at + length - 1];
        if (byte === undefined) return null;
        if (byte >= 0x80) continue;
        const value = decode(bytes, at);
        if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('the varint is absurdly large');
        if (encodingLength(value) !== length) throw new RangeError('the varint is not in its shortest form');
        return {
            value,
            length
        };
    }
    throw new RangeError('the varint is absurdly long');
}

//# sourceMappingURL=varint.js.map

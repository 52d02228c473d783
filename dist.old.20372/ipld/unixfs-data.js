import { ProtobufCursor } from './protobuf-cursor.js';
/** Types of the UnixFS `Data` message, by number (https://specs.ipfs.tech/unixfs/#data). */ const TYPES = [
    'raw',
    'directory',
    'file',
    'metadata',
    'symlink',
    'shard'
];
/** Sizes between two pauses of whoever reads a block. */ const SIZES_PER_STEP = 8_192;
/**
 * The `Data` message of a UnixFS node, 8 bytes for each child. Fields that are not known are passed over. Yields now
 * and then.
 * @throws Error when the bytes are none.
 */ export function* readUnixfsData(bytes) {
    const found = {
        type: 'file',
        data: new Uint8Array(0),
        blockSizes: new Float64Array(0),
        hashType: null,
        fanout: null
    };
    let sizes = new Float64Array(16);
    let count = 0;
    const fields = new ProtobufCursor(bytes, 0, bytes.length);
    while(fields.next()){
        if (fields.field === 2 && fields.wire === 2) {
            fields.stretch();
            found.data = bytes.subarray(fields.start, fields.end);
        } else if (fields.wire !== 0) fields.skip();
        else if (fields.field === 1) found.type = typeOf(fields.varint());
        else if (fields.field === 4) {
            if (count === sizes.length) sizes = grown(sizes);
            sizes[count] = fields.varint();
            count += 1;
            if (count % SIZES_PER_STEP === 0) yield;
        } else if (fields.field === 5) found.hashType = fields.varint();
        else if (fields.field === 6) found.fanout = fields.varint();
        else fields.varint();
    }
    found.blockSizes = sizes.slice(0, count);
    return found;
}
function typeOf(number) {
    const type = TYPES[number];
    if (type === undefined) throw new Error(`UnixFS has no type ${number}`);
    return type;
}
function grown(sizes) {
    const larger = new Float64Array(sizes.length * 2);
    larger.set(sizes);
    return larger;
}

//# sourceMappingURL=unixfs-data.js.map

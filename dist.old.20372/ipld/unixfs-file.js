import { varint } from './varint.js';
/** Type `File` of the UnixFS specification's `Data` message. */ const FILE = 2;
/**
 * The `Data` message of a UnixFS file node: type (1), data (2), filesize (3), one blocksize (4) per child
 * (https://specs.ipfs.tech/unixfs/#dag-pb-node). Written here because `ipfs-unixfs` 13, once optimised by V8, now and
 * then writes a wrong filesize between 2 and 4 GiB.
 */ export function encodeFileNode(node) {
    const { data, blockSizes } = node;
    const size = blockSizes.reduce((sum, bytes)=>sum + bytes, data?.length ?? 0);
    const head = [
        0x08,
        FILE,
        ...data?.length ? [
            0x12,
            ...varint(data.length)
        ] : []
    ];
    const tail = [
        0x18,
        ...varint(size),
        ...blockSizes.flatMap((bytes)=>[
                0x20,
                ...varint(bytes)
            ])
    ];
    return Buffer.concat([
        Buffer.from(head),
        data ?? Buffer.alloc(0),
        Buffer.from(tail)
    ]);
}

//# sourceMappingURL=unixfs-file.js.map

import * as varint from 'uint8-varint';
/** Transports of IPNI metadata: HTTP trustless gateway for unsealed copies, graphsync for sealed ones. */ const GATEWAY_HTTP = 0x0920;
const GRAPHSYNC = 0x0910;
/** What an indexer such as cid.contact answers for a multihash; empty when no miner holds it. */ export function findProviders(net, multihash) {
    return net.blocks.holders(multihash).flatMap(({ miner: address, pieceCid })=>{
        const miner = net.roster.find(address);
        if (!miner) return [];
        const transport = net.roster.character(miner) === 'sealed-only' ? GRAPHSYNC : GATEWAY_HTTP;
        return [
            {
                ContextID: Buffer.from(pieceCid).toString('base64'),
                Metadata: Buffer.from(varint.encode(transport)).toString('base64'),
                Provider: {
                    ID: miner.peerId,
                    Addrs: [
                        `/ip4/127.0.0.1/tcp/${net.roster.port(address)}/http`
                    ]
                }
            }
        ];
    });
}
/** The JSON body of `GET /cid/{cid}` and `/multihash/{multihash}` of an indexer. */ export function findResponse(multihash, results) {
    return {
        MultihashResults: [
            {
                Multihash: Buffer.from(multihash).toString('base64'),
                ProviderResults: results
            }
        ]
    };
}

//# sourceMappingURL=ipni.js.map

export const BITSWAP = '/ipfs/bitswap/1.2.0';
const MOST_STREAMS = 1024;
const END_AGAIN_MS = 1_000;
/** Lets the block server answer in place of Helia's own. @throws when the library has changed. */ export function serveBy(server, helia) {
    const { peerWantLists: serving } = bitswapOf(helia);
    serving.receiveMessage = (peer, { wantlist })=>{
        if (wantlist) server.receive(peer, wantlist);
    };
    serving.peerDisconnected = (peer)=>server.forget(peer);
    // What a fetch has brought is not in the CAR store yet.
    serving.receivedBlock = ()=>Promise.resolve();
}
/**
 * Helia begins to listen to a stream a moment after it was opened; a short one has ended by then. Helia would wait for
 * the end that it missed until the time for a message is up, with the last block in memory: hundreds of megabytes of
 * them during a large pin. So the end is told again.
 * @throws when the library has changed.
 */ export async function repeatEnds(helia) {
    const { network } = bitswapOf(helia);
    await helia.libp2p.handle(BITSWAP, (stream, connection)=>{
        network._onStream(stream, connection);
        setTimeout(()=>{
            if (stream.remoteWriteStatus === 'closed') stream.dispatchEvent(new Event('remoteCloseWrite'));
        }, END_AGAIN_MS).unref();
    }, {
        force: true,
        maxInboundStreams: MOST_STREAMS,
        maxOutboundStreams: MOST_STREAMS
    });
}
function bitswapOf(helia) {
    const brokers = Reflect.get(helia, 'blockBrokers');
    const broker = Array.isArray(brokers) ? brokers.find((candidate)=>candidate.name === 'bitswap') : undefined;
    const bitswap = broker?.bitswap;
    const functions = [
        bitswap?.network?._onStream,
        bitswap?.peerWantLists?.receiveMessage,
        bitswap?.peerWantLists?.peerDisconnected,
        bitswap?.peerWantLists?.receivedBlock
    ];
    if (!functions.every((found)=>typeof found === 'function')) throw new Error('Helia speaks bitswap in another way than this version of the platform knows');
    return bitswap;
}

//# sourceMappingURL=bitswap-patch.js.map

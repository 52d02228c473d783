import type { Connection, Libp2p, PeerId, Stream } from '@libp2p/interface';
import type { BlockServer, Wantlist } from './block-server.js';

/** The version in which blocks are sent, and whose streams are taken. */
export const BITSWAP = '/ipfs/bitswap/1.2.0';
const MOST_STREAMS = 1024;
const END_AGAIN_MS = 1_000;

/**
 * The parts of Helia's bitswap that are replaced or mended. The library has no settings for them; its version is
 * pinned.
 */
interface Bitswap {
  network: { _onStream: (stream: Stream, connection: Connection) => void };
  peerWantLists: {
    receiveMessage: (peer: PeerId, message: { wantlist?: Wantlist }) => void;
    peerDisconnected: (peer: PeerId) => void;
    receivedBlock: () => Promise<void>;
  };
}

/** Lets the block server answer in place of Helia's own. @throws when the library has changed. */
export function serveBy(server: BlockServer, helia: object): void {
  const { peerWantLists: serving } = bitswapOf(helia);
  serving.receiveMessage = (peer, { wantlist }) => {
    if (wantlist) server.receive(peer, wantlist);
  };
  serving.peerDisconnected = (peer) => server.forget(peer);
  // What a fetch has brought is not in the CAR store yet.
  serving.receivedBlock = () => Promise.resolve();
}

/**
 * Helia begins to listen to a stream a moment after it was opened; a short one has ended by then. Helia would wait for
 * the end that it missed until the time for a message is up, with the last block in memory: hundreds of megabytes of
 * them during a large pin. So the end is told again.
 * @throws when the library has changed.
 */
export async function repeatEnds(helia: { libp2p: Libp2p }): Promise<void> {
  const { network } = bitswapOf(helia);
  await helia.libp2p.handle(
    BITSWAP,
    (stream, connection) => {
      network._onStream(stream, connection);
      setTimeout(() => {
        if (stream.remoteWriteStatus === 'closed') stream.dispatchEvent(new Event('remoteCloseWrite'));
      }, END_AGAIN_MS).unref();
    },
    { force: true, maxInboundStreams: MOST_STREAMS, maxOutboundStreams: MOST_STREAMS },
  );
}

function bitswapOf(helia: object): Bitswap {
  const brokers: unknown = Reflect.get(helia, 'blockBrokers');
  const broker: unknown = Array.isArray(brokers)
    ? brokers.find((candidate: { name?: unknown }) => candidate.name === 'bitswap')
    : undefined;
  const bitswap = (
    broker as
      | { bitswap?: { network?: Partial<Bitswap['network']>; peerWantLists?: Partial<Bitswap['peerWantLists']> } }
      | undefined
  )?.bitswap;
  const functions = [
    bitswap?.network?._onStream,
    bitswap?.peerWantLists?.receiveMessage,
    bitswap?.peerWantLists?.peerDisconnected,
    bitswap?.peerWantLists?.receivedBlock,
  ];
  if (!functions.every((found) => typeof found === 'function'))
    throw new Error('Helia speaks bitswap in another way than this version of the platform knows');
  return bitswap as Bitswap;
}

import type { PeerId } from '@libp2p/interface';
import type { BlockServer, Wantlist } from './block-server.js';

/** The part of Helia's bitswap that answers wants. The library has no setting for another one; its version is pinned. */
interface Serving {
  receiveMessage: (peer: PeerId, message: { wantlist?: Wantlist }) => void;
  peerDisconnected: (peer: PeerId) => void;
  receivedBlock: () => Promise<void>;
}

/** Lets the block server answer in place of Helia's own. @throws when the library has changed. */
export function serveBy(server: BlockServer, helia: object): void {
  const serving = servingOf(helia);
  serving.receiveMessage = (peer, { wantlist }) => {
    if (wantlist) server.receive(peer, wantlist);
  };
  serving.peerDisconnected = (peer) => server.forget(peer);
  // What a fetch has brought is not in the CAR store yet.
  serving.receivedBlock = () => Promise.resolve();
}

function servingOf(helia: object): Serving {
  const brokers: unknown = Reflect.get(helia, 'blockBrokers');
  const broker: unknown = Array.isArray(brokers) ? brokers.find((candidate: { name?: unknown }) => candidate.name === 'bitswap') : undefined;
  const serving = (broker as { bitswap?: { peerWantLists?: Partial<Serving> } } | undefined)?.bitswap?.peerWantLists;
  if (typeof serving?.receiveMessage !== 'function' || typeof serving.peerDisconnected !== 'function' || typeof serving.receivedBlock !== 'function') {
    throw new Error('Helia answers wants in another way than this version of the platform knows');
  }
  return serving as Serving;
}

import type { KadDHT } from '@libp2p/kad-dht';
import type { CID } from 'multiformats/cid';
import type { FoundPeer } from './provider-search.js';

/** The DHT, as much of it as the platform needs. What is announced when is decided by the network room alone. */
export class DhtRouting {
  constructor(private readonly dht: KadDHT) {}

  /** Tells the peers nearest to the root that we have it. Returns how many were told. */
  async announce(root: CID, signal: AbortSignal): Promise<number> {
    let told = 0;
    try {
      for await (const event of this.dht.provide(root, { signal })) {
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told += 1;
      }
    } catch (error) {
      if (told === 0) throw error;
    } finally {
      await this.forget(root);
    }
    return told;
  }

  /**
   * kad-dht keeps a list of its own of what it announced, and announces that again by itself: it would double our schedule, and
   * go on with what was withdrawn.
   */
  async forget(root: CID): Promise<void> {
    await this.dht.cancelReprovide(root);
  }

  async *providers(root: CID, signal: AbortSignal): AsyncGenerator<FoundPeer> {
    for await (const event of this.dht.findProviders(root, { signal })) {
      if (event.name === 'PROVIDER')
        yield* event.providers.map(({ id, multiaddrs }) => ({ id: id.toString(), addresses: multiaddrs.map(String) }));
    }
  }
}

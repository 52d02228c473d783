import type { Multiaddr } from '@multiformats/multiaddr';
import { isPublicAddress } from '../../network/index.js';

/**
 * What libp2p may not dial by itself, for peers that a DHT or a bootstrap peer named: private addresses, and names, for nobody has
 * looked where those point (/dnsaddr is resolved before it asks here). What the operator wrote down is dialled wherever it points.
 */
export function dialGate(dialPrivate: boolean, trusted: readonly string[]): (address: Multiaddr) => boolean {
  const known = new Set(trusted.map(endpointIn));
  return (address) => !dialPrivate && !known.has(endpointIn(address.toString())) && !isPublicAddress(address);
}

/** Host and port of a multiaddr. */
function endpointIn(text: string): string {
  return text.split('/').slice(1, 5).join('/');
}

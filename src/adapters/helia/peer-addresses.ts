import { networkInterfaces } from 'node:os';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { isPublicAddress } from '../../network/index.js';

/**
 * What libp2p may not dial by itself, for peers that a DHT or a bootstrap peer named: private addresses, and names, for
 * nobody has looked where those point (/dnsaddr is resolved before it asks here). What the operator wrote down is
 * dialled wherever it points.
 */
export function dialGate(dialPrivate: boolean, trusted: readonly string[]): (address: Multiaddr) => boolean {
  const known = new Set(trusted.map(endpointIn));
  return (address) => !dialPrivate && !known.has(endpointIn(address.toString())) && !isPublicAddress(address);
}

/**
 * Addresses to tell others, of a node that listens on every interface of a machine with a public address of its own
 * (libp2p waits for AutoNAT to confirm them). Behind a NAT there are none: LIBP2P_ANNOUNCE says what the world can
 * reach.
 */
export function ownPublicAddresses(listen: string[], interfaces = networkInterfaces()): string[] {
  const own = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .map(({ address }) => address);
  return listen.flatMap((text) => {
    const [, kind, host = '', tcp, port] = text.split('/');
    if (tcp !== 'tcp' || port === undefined || port === '0') return [];
    const isWildcard = host === '0.0.0.0' || host === '::';
    const reached = isWildcard ? own.filter((address) => address.includes(':') === (kind === 'ip6')) : [host];
    return reached
      .map((address) => `/${kind}/${address}/tcp/${port}`)
      .filter((address) => isPublicAddress(multiaddr(address)));
  });
}

/** Host and port of a multiaddr. */
function endpointIn(text: string): string {
  return text.split('/').slice(1, 5).join('/');
}

import { networkInterfaces } from 'node:os';
import { multiaddr } from '@multiformats/multiaddr';
import { isPublicAddress } from '../../network/index.js';

/**
 * Addresses to tell others, of a node that listens on every interface of a machine with a public address of its own (libp2p waits
 * for AutoNAT to confirm them). Behind a NAT there are none: LIBP2P_ANNOUNCE says what the world can reach.
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

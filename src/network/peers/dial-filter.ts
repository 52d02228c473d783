import { lookup } from 'node:dns/promises';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { isLoopbackIp, isPublicIp } from '../../platform/net/index.js';

interface Host {
  code: 'ip4' | 'ip6' | 'name';
  value: string;
}

function hostOf(address: Multiaddr): Host | null {
  const first = address.getComponents()[0];
  if (first?.value === undefined) return null;
  if (first.name === 'ip4' || first.name === 'ip6') return { code: first.name, value: first.value };
  return first.name === 'dns' || first.name === 'dns4' || first.name === 'dns6'
    ? { code: 'name', value: first.value }
    : null;
}

/** For the connection gater: a name is as bad as a private address, for nobody has looked where it points. */
export function isPublicAddress(address: Multiaddr): boolean {
  const host = hostOf(address);
  return host !== null && host.code !== 'name' && isPublicIp(host.value);
}

/** Whether an address leads no further than this machine. */
export function isLoopback(address: Multiaddr): boolean {
  const host = hostOf(address);
  return host !== null && host.code !== 'name' && isLoopbackIp(host.value);
}

/**
 * Addresses that others can dial; all of them while none is public (a node on loopback, for tests and single machines).
 */
export function publicFirst(addresses: Multiaddr[]): Multiaddr[] {
  const reachable = addresses.filter((address) => {
    const host = hostOf(address);
    return host?.code === 'name' || (host !== null && isPublicIp(host.value));
  });
  return reachable.length > 0 ? reachable : addresses;
}

/** What a node can speak, as what may follow the host in an address. */
export const TCP = ['tcp'] as const;
export const TCP_AND_QUIC = ['tcp', 'udp/quic-v1'] as const;

/**
 * What of an origin may be dialled, or null: not a multiaddr, not what our node speaks, or pointing inside (SSRF).
 * Names are resolved here and replaced by the addresses that were judged, so that a second answer of the resolver
 * cannot lead elsewhere.
 */
export async function dialable(
  text: string,
  allowPrivate: boolean,
  spoken: readonly string[] = TCP,
): Promise<Multiaddr | null> {
  const address = parse(text);
  if (!address) return null;
  const path = address
    .getComponents()
    .slice(1)
    .map((part) => part.name)
    .join('/');
  if (!spoken.includes(path.replace(/\/p2p$/, ''))) return null;
  const host = hostOf(address);
  if (!host) return null;
  if (host.code !== 'name') return allowPrivate || isPublicIp(host.value) ? address : null;
  const found = await lookup(host.value, { all: true }).catch(() => []);
  const chosen = found.find((entry) => allowPrivate || isPublicIp(entry.address));
  if (!chosen) return null;
  const rest = text.split('/').slice(3).join('/');
  return parse(`/ip${chosen.family}/${chosen.address}/${rest}`);
}

function parse(text: string): Multiaddr | null {
  try {
    return multiaddr(text);
  } catch {
    return null;
  }
}

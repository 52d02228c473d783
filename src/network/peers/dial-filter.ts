import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';

/** Addresses that lie inside: dialled for strangers only when the settings say so. */
const inside = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inside.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(net, prefix, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address is one that the public internet can route to. IPv4 inside IPv6 is judged as IPv4. */
export function isPublicIp(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return !inside.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

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
  return host !== null && host.code !== 'name' && loopback.check(host.value, host.code === 'ip4' ? 'ipv4' : 'ipv6');
}

/** Addresses that others can dial; all of them while none is public (a node on loopback, for tests and single machines). */
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
 * What of an origin may be dialled, or null: not a multiaddr, not what our node speaks, or pointing inside (SSRF). Names are resolved
 * here and replaced by the addresses that were judged, so that a second answer of the resolver cannot lead elsewhere.
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

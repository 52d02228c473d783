import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { type AddressPolicy, isPublicIp } from '../../platform/net/index.js';

interface Host {
  code: 'ip' | 'name';
  value: string;
  /** Of a name: which addresses it stands for; 0: both. */
  family: 0 | 4 | 6;
}

const FAMILIES: Readonly<Record<string, 0 | 4 | 6>> = { dns: 0, dns4: 4, dns6: 6 };

function hostOf(address: Multiaddr): Host | null {
  const first = address.getComponents()[0];
  if (first?.value === undefined) return null;
  if (first.name === 'ip4' || first.name === 'ip6') return { code: 'ip', value: first.value, family: 0 };
  const family = FAMILIES[first.name];
  return family === undefined ? null : { code: 'name', value: first.value, family };
}

/** The port, which follows the host; 0 where there is none. */
function portOf(address: Multiaddr): number {
  return Number(address.getComponents()[1]?.value ?? 0);
}

/** What others could dial: a name is none, for nobody has looked where it points. */
export function isPublicAddress(address: Multiaddr): boolean {
  const host = hostOf(address);
  return host?.code === 'ip' && isPublicIp(host.value);
}

/** For the connection gater: an address, not a name, that the policy lets through. */
export function isPermitted(address: Multiaddr, policy: AddressPolicy): boolean {
  const host = hostOf(address);
  return host?.code === 'ip' && policy.permits(host.value, portOf(address));
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
/** What a Kubo can dial of an origin. */
export const TCP_AND_QUIC = ['tcp', 'udp/quic-v1'] as const;

/** To decode a peer's id takes the square of its length: a name and an id together have less than 400 characters. */
const MOST_CHARACTERS = 512;

/**
 * What of an origin may be dialled, or null: not a multiaddr, not what our node speaks, or pointing where the policy refuses
 * (SSRF).
 * Names are resolved here and replaced by the addresses that were judged, so that a second answer of the resolver
 * cannot lead elsewhere.
 */
export async function dialable(
  text: string,
  policy: AddressPolicy,
  spoken: readonly string[] = TCP,
): Promise<Multiaddr | null> {
  const address = text.length > MOST_CHARACTERS ? null : parse(text);
  if (!address) return null;
  const path = address
    .getComponents()
    .slice(1)
    .map((part) => part.name)
    .join('/');
  if (!spoken.includes(path.replace(/\/p2p$/, ''))) return null;
  const host = hostOf(address);
  if (!host) return null;
  const port = portOf(address);
  if (host.code === 'ip') return policy.permits(host.value, port) ? address : null;
  const [chosen] = await policy.resolve(host.value, port, host.family);
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

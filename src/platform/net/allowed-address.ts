import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * The only block from which IANA hands out global unicast addresses
 * (https://www.iana.org/assignments/ipv6-address-space/).
 */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');
/** `10.0.0.0/8`, `127.0.0.1:4001`, `[fd00::]/8`, `[::1]:4000-4100`. */
const ENTRY = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?:\/(\d{1,3}))?(?::(\d{1,5})(?:-(\d{1,5}))?)?$/i;

/**
 * IPv4 inside IPv6 as IPv4; null for what is no address. `isIP` keeps out the forms that only some parsers take (127.1,
 * 0x7f000001); an IPv6 address is judged in the URL standard's spelling, for ipaddr.js takes the old form ::8.8.8.8 for
 * a mapped one.
 */
export function ipOf(text: string): Ip | null {
  const [address = ''] = text.split('%');
  if (isIP(address) === 0) return null;
  return ipaddr.process(isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address);
}

/** By the library's ranges; for IPv6 also by what has been handed out at all. */
export function isPublic(address: Ip): boolean {
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_IPV6);
}

/** One entry of an operator's list of private addresses that strangers may lead to: a network and its ports. */
export class AllowedAddress {
  private constructor(
    private readonly network: Ip,
    private readonly bits: number,
    private readonly firstPort: number,
    private readonly lastPort: number,
  ) {}

  /**
   * `<IPv4 or [IPv6]>[/<prefix>][:<port>[-<port>]]`. Without a prefix the one address, without a port all of them.
   * @throws RangeError, which names the entry.
   */
  static parse(text: string): AllowedAddress {
    const [, ip6, ip4, prefix, first, last] = ENTRY.exec(text) ?? [];
    const network = ipOf(ip6 ?? ip4 ?? '');
    const width = network instanceof ipaddr.IPv4 ? 32 : 128;
    const bits = prefix === undefined ? width : Number(prefix);
    const firstPort = first === undefined ? 0 : Number(first);
    const lastPort = last === undefined ? (first === undefined ? 65_535 : firstPort) : Number(last);
    if (network === null || bits > width || lastPort > 65_535 || firstPort > lastPort)
      throw new RangeError(`${text} is not <address>[/<prefix>][:<port>[-<port>]]`);
    return new AllowedAddress(network, bits, firstPort, lastPort);
  }

  /** Whether the address lies in the network and the port among the ports. */
  includes(address: Ip, port: number): boolean {
    if (port < this.firstPort || port > this.lastPort) return false;
    const { network } = this;
    if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, this.bits);
    return network instanceof ipaddr.IPv6 && address.match(network, this.bits);
  }
}

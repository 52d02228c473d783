import { lookup as lookupName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The only block from which IANA hands out global unicast addresses
 * (https://www.iana.org/assignments/ipv6-address-space/).
 */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** A stranger named an address that is not public: a private network, this machine, a reserved range. */
export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

/**
 * Whether the public internet routes to an IP address: the one judgement on where strangers (origins of pins, peers of
 * a DHT, miners' own words) may lead us. Everything that the IANA special-purpose registries name is refused: private,
 * loopback, link-local, shared (100.64/10), documentation, benchmarking, multicast, reserved. So are the IPv6 ranges
 * that carry an IPv4 address inside (6to4, Teredo, NAT64): what they lead to depends on a translator that we don't
 * know. An IPv4-mapped address (::ffff:0:0/96) is judged as the IPv4 address that the system would connect to. What is
 * no IP address in its usual form is not public.
 */
export function isPublicIp(text: string): boolean {
  const address = ipOf(text);
  if (address === null || address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_IPV6);
}

/** Whether an IP address leads no further than this machine. */
export function isLoopbackIp(text: string): boolean {
  return ipOf(text)?.range() === 'loopback';
}

/**
 * Judges a URL whose host is written as a number; names are judged when they resolve (`publicLookup`).
 * @throws AddressRefused
 */
export function assertPublicHost(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicIp(host)) throw new AddressRefused(`${host} is a private address`);
}

/**
 * As dns.lookup, but a name with any address that is not public does not resolve. For the connection itself: judged is
 * what is dialled, so that a name cannot change its mind in between.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookupName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const refused = addresses.find(({ address }) => !isPublicIp(address));
    if (refused) return callback(new AddressRefused(`${hostname} is the private address ${refused.address}`), '', 0);
    if (options.all) return callback(null, addresses);
    const [first] = addresses;
    callback(null, first?.address ?? '', first?.family ?? 0);
  });
};

/**
 * IPv4 inside IPv6 as IPv4; null for what is no address. `isIP` keeps out the forms that only some parsers take (127.1,
 * 0x7f000001); an IPv6 address is judged in the URL standard's spelling, for ipaddr.js takes the old form ::8.8.8.8 for
 * a mapped one.
 */
function ipOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const [address = ''] = text.split('%');
  if (isIP(address) === 0) return null;
  return ipaddr.process(isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address);
}

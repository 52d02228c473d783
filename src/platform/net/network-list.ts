import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Whether a text is an IP address or a network in CIDR notation (RFC 4632; RFC 4291, 2.3). */
export function isNetwork(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}

/** Whether an address leads no further than this machine; ::ffff:127.0.0.1 does not either. */
export function isLoopbackIp(text: string): boolean {
  return ipaddr.isValid(text) && ipaddr.process(text).range() === 'loopback';
}

/**
 * Asks whether an address lies in one of these networks. IPv4 inside IPv6 (::ffff:10.0.0.1) counts as IPv4; what is no
 * address lies nowhere. @throws Error for a text that `isNetwork` refuses
 */
export function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const ranges = networks.map((text): [Address, number] =>
    text.includes('/')
      ? ipaddr.parseCIDR(text)
      : [ipaddr.process(text), ipaddr.process(text).kind() === 'ipv4' ? 32 : 128],
  );
  return (address) => {
    if (ranges.length === 0 || !ipaddr.isValid(address)) return false;
    const asked = ipaddr.process(address);
    return ranges.some(([network, bits]) => network.kind() === asked.kind() && asked.match([network, bits] as never));
  };
}

/**
 * What counts as one client: an IPv4 address, and of IPv6 the /64 that one line or one machine is given, in which it may
 * take any address it likes. A text that is no address stands for itself.
 */
export function clientOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const asked = ipaddr.process(address);
  if (asked.kind() === 'ipv4') return asked.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${asked.toString()}/64`).toString()}/64`;
}

import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { AllowedAddress, ipOf, isPublic } from './allowed-address.js';

/** A stranger named an address that is not public, and that the operator has not opened. */
export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

/** What of the addresses that are not public an operator opens: none, those of private networks, or these. */
export type PrivateAddresses = 'all' | readonly string[];

/** dns.lookup, asked for all addresses of a name. */
export type Resolver = (
  name: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * What `all` opens: this machine and the networks around it. Link-local addresses, under which clouds keep their
 * secrets, and ranges that are no place at all are opened by name alone.
 */
const AROUND_US: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Whether the public internet routes to an IP address. Everything that the IANA special-purpose registries name is not:
 * private, loopback, link-local, shared (100.64/10), documentation, benchmarking, multicast, reserved; nor are the IPv6
 * ranges that carry an IPv4 address inside (6to4, Teredo, NAT64), for what they lead to depends on a translator that we
 * don't know. An IPv4-mapped address (::ffff:0:0/96) is judged as the IPv4 address that the system would connect to.
 * What is no IP address in its usual form is not public.
 */
export function isPublicIp(text: string): boolean {
  const address = ipOf(text);
  return address !== null && isPublic(address);
}

/**
 * Where strangers (origins of pins, peers of a DHT, what HTTP routers and miners say) may lead us: the one judgement,
 * asked by everything here that opens a connection. Public addresses always; others only where the operator's setting
 * names them. Immutable.
 */
export class AddressPolicy {
  static readonly PUBLIC_ONLY = new AddressPolicy([]);
  /** Private networks and this machine as well. */
  static readonly PRIVATE_TOO = new AddressPolicy('all');
  private readonly allowed: readonly AllowedAddress[];
  private readonly allAroundUs: boolean;

  /**
   * `ask` is the resolver, the system's.
   * @throws RangeError for an entry that names no addresses (see `AllowedAddress.parse`).
   */
  constructor(
    opened: PrivateAddresses,
    private readonly ask: Resolver = lookup,
  ) {
    this.allAroundUs = opened === 'all';
    this.allowed = opened === 'all' ? [] : opened.map((entry) => AllowedAddress.parse(entry));
  }

  /** Whether a connection to this IP address and port may be opened. A name is no address: false. */
  permits(ip: string, port: number): boolean {
    const address = ipOf(ip);
    if (address === null) return false;
    if (isPublic(address)) return true;
    if (this.allAroundUs) return AROUND_US.has(address.range());
    return this.allowed.some((entry) => entry.includes(address, port));
  }

  /**
   * Addresses of a name that may be connected to: for callers that connect to the address instead of the name, so that
   * a second answer of the resolver cannot lead elsewhere. Empty when it does not resolve, or only to refused ones.
   */
  resolve(name: string, port: number, family: 0 | 4 | 6 = 0): Promise<LookupAddress[]> {
    return new Promise((resolve) => {
      this.ask(name, { all: true, family }, (error, found) =>
        resolve(error ? [] : found.filter(({ address }) => this.permits(address, port))),
      );
    });
  }

  /**
   * As dns.lookup, for a connection to `port`: a name with any address that is refused does not resolve. It is the
   * socket's own question, so what was judged is what is connected to.
   */
  lookup(port: number): LookupFunction {
    return (hostname, options, callback) => {
      this.ask(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const refused = addresses.find(({ address }) => !this.permits(address, port));
        if (refused)
          return callback(new AddressRefused(`${hostname} is the private address ${refused.address}`), '', 0);
        if (options.all) return callback(null, addresses);
        const [first] = addresses;
        callback(null, first?.address ?? '', first?.family ?? 0);
      });
    };
  }

  /**
   * For a host written as a number, of which no resolver is asked; names pass, they are judged as they resolve.
   * @throws AddressRefused
   */
  assertPermits(host: string, port: number): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0 && !this.permits(bare, port)) throw new AddressRefused(`${bare} is a private address`);
  }
}

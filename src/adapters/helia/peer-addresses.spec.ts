import { describe, expect, it } from '@jest/globals';
import { multiaddr } from '@multiformats/multiaddr';
import { AddressPolicy } from '../../platform/net/index.js';
import { dialGate, ownPublicAddresses } from './peer-addresses.js';

const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';

describe('what libp2p may dial by itself', () => {
  const { PUBLIC_ONLY, PRIVATE_TOO } = AddressPolicy;
  const denies = (text: string, policy: AddressPolicy, trusted: string[] = []) =>
    dialGate(policy, trusted)(multiaddr(text));

  it('lies outside, written as a number', () => {
    expect(denies(`/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`, PUBLIC_ONLY)).toBe(false);
    for (const inside of [
      '/ip4/127.0.0.1/tcp/4001',
      '/ip4/10.0.0.5/tcp/22',
      '/ip6/::1/tcp/4001',
      '/ip4/169.254.169.254/tcp/80',
      '/dns4/localhost/tcp/4001',
      '/dns/example.com/tcp/4001',
    ]) {
      expect([inside, denies(inside, PUBLIC_ONLY)]).toEqual([inside, true]);
    }
  });

  it('is this machine and its neighbours where an operator opened them, but no name: nobody has looked where it points', () => {
    expect(denies('/ip4/127.0.0.1/tcp/4001', PRIVATE_TOO)).toBe(false);
    expect(denies('/dns4/localhost/tcp/4001', PRIVATE_TOO)).toBe(true);
    expect(denies('/ip4/169.254.169.254/tcp/80', PRIVATE_TOO)).toBe(true);
  });

  it('is what the operator wrote down, with its port, whoever says it', () => {
    const trusted = [`/ip4/10.0.0.5/tcp/4001/p2p/${PEER}`, `/dns4/node.internal/tcp/4001/p2p/${PEER}`];
    expect(denies(`/ip4/10.0.0.5/tcp/4001/p2p/${PEER}`, PUBLIC_ONLY, trusted)).toBe(false);
    expect(denies('/dns4/node.internal/tcp/4001', PUBLIC_ONLY, trusted)).toBe(false);
    expect(denies('/ip4/10.0.0.5/tcp/5432', PUBLIC_ONLY, trusted)).toBe(true);
    expect(denies('/ip4/10.0.0.6/tcp/4001', PUBLIC_ONLY, trusted)).toBe(true);
  });
});

describe('the public addresses of this machine', () => {
  const at = (address: string) => ({
    address,
    netmask: '',
    family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
    mac: '',
    internal: false,
    cidr: null,
    scopeid: 0,
  });
  const interfaces = { lo: [at('127.0.0.1')], eth0: [at('192.168.1.2'), at('8.8.4.4'), at('2606:4700::1111')] };

  it('are told when the node listens everywhere, on a port that is known', () => {
    expect(ownPublicAddresses(['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/4002'], interfaces)).toEqual([
      '/ip4/8.8.4.4/tcp/4001',
      '/ip6/2606:4700::1111/tcp/4002',
    ]);
    expect(ownPublicAddresses(['/ip4/8.8.4.4/tcp/4001'], interfaces)).toEqual(['/ip4/8.8.4.4/tcp/4001']);
  });

  it('are none of a node inside', () => {
    expect(
      ownPublicAddresses(['/ip4/127.0.0.1/tcp/0', '/ip4/192.168.1.2/tcp/4001', '/ip4/0.0.0.0/tcp/0'], interfaces),
    ).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { multiaddr } from '@multiformats/multiaddr';
import { dialable, isLoopback, isPublicIp, TCP_AND_QUIC } from './dial-filter.js';

const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';
const filter = async (address: string, allowPrivate = false) =>
  (await dialable(address, allowPrivate))?.toString() ?? null;

describe('which origins are dialled', () => {
  it('knows what lies inside, IPv4 inside IPv6 too', () => {
    for (const inside of [
      '127.0.0.1',
      '10.1.2.3',
      '192.168.1.1',
      '172.31.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '64:ff9b::7f00:1',
    ])
      expect([inside, isPublicIp(inside)]).toEqual([inside, false]);
    for (const outside of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect([outside, isPublicIp(outside)]).toEqual([outside, true]);
  });

  it('dials public TCP addresses, with and without a peer id', async () => {
    expect(await filter(`/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`)).toBe(`/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`);
    expect(await filter('/ip4/8.8.8.8/tcp/4001')).toBe('/ip4/8.8.8.8/tcp/4001');
  });

  it('does not dial inside unless told to', async () => {
    expect(await filter('/ip4/127.0.0.1/tcp/4001')).toBeNull();
    expect(await filter('/ip4/127.0.0.1/tcp/4001', true)).toBe('/ip4/127.0.0.1/tcp/4001');
    expect(await filter('/dns4/localhost/tcp/4001')).toBeNull();
    expect(await filter('/dns4/localhost/tcp/4001', true)).toBe('/ip4/127.0.0.1/tcp/4001');
  });

  it('ignores what it cannot speak', async () => {
    for (const address of [
      '',
      'nonsense',
      '/ip4/8.8.8.8/udp/4001/quic-v1',
      '/ip4/8.8.8.8/tcp/443/wss',
      '/ip4/8.8.8.8/tcp/4001/p2p-circuit',
      '/dns4/no.such.host.invalid/tcp/1',
      '/unix/tmp',
    ])
      expect(await filter(address, true)).toBeNull();
  });

  it('dials QUIC for a node that speaks it', async () => {
    const quic = `/ip4/8.8.8.8/udp/4001/quic-v1/p2p/${PEER}`;
    expect((await dialable(quic, false, TCP_AND_QUIC))?.toString()).toBe(quic);
    expect(await dialable('/ip4/10.0.0.1/udp/4001/quic-v1', false, TCP_AND_QUIC)).toBeNull();
    for (const address of [
      '/ip4/8.8.8.8/udp/4001',
      '/ip4/8.8.8.8/udp/4001/quic-v1/webtransport',
      `/ip4/8.8.8.8/tcp/4001/p2p/${PEER}/p2p-circuit`,
    ])
      expect(await dialable(address, false, TCP_AND_QUIC)).toBeNull();
  });

  it('tells this machine from its neighbours', () => {
    for (const here of ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/udp/1/quic-v1'])
      expect(isLoopback(multiaddr(here))).toBe(true);
    for (const there of ['/ip4/192.168.0.1/tcp/1', '/dns4/localhost/tcp/1', '/ip4/8.8.8.8/tcp/1'])
      expect(isLoopback(multiaddr(there))).toBe(false);
  });
});

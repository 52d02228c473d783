import { describe, expect, it } from '@jest/globals';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { dialable, isLoopback, isPublicAddress, publicFirst, TCP_AND_QUIC } from './dial-filter.js';

const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';
const filter = async (address: string, allowPrivate = false) =>
  (await dialable(address, allowPrivate))?.toString() ?? null;

describe('which origins are dialled', () => {
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

  it('judges a multiaddr by its number: a name is as bad as a private address', () => {
    for (const inside of ['/ip4/10.0.0.1/tcp/1', '/ip6/2002:7f00:1::1/tcp/1', '/dns4/example.com/tcp/1', '/unix/tmp'])
      expect([inside, isPublicAddress(multiaddr(inside))]).toEqual([inside, false]);
    expect(isPublicAddress(multiaddr('/ip6/::ffff:8.8.8.8/tcp/1'))).toBe(true);
  });

  it('tells others what they can dial, and everything while nothing of it is public', () => {
    const [inside, outside, named] = ['/ip4/10.0.0.1/tcp/1', '/ip4/8.8.8.8/tcp/1', '/dns4/example.com/tcp/1'].map(
      (text) => multiaddr(text),
    ) as [Multiaddr, Multiaddr, Multiaddr];
    expect(publicFirst([inside, outside, named])).toEqual([outside, named]);
    expect(publicFirst([inside])).toEqual([inside]);
  });

  it('tells this machine from its neighbours', () => {
    for (const here of ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/udp/1/quic-v1'])
      expect(isLoopback(multiaddr(here))).toBe(true);
    for (const there of ['/ip4/192.168.0.1/tcp/1', '/dns4/localhost/tcp/1', '/ip4/8.8.8.8/tcp/1'])
      expect(isLoopback(multiaddr(there))).toBe(false);
  });
});

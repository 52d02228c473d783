import { describe, expect, it } from '@jest/globals';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { AddressPolicy } from '../../platform/net/index.js';
import { dialable, isPermitted, isPublicAddress, publicFirst, TCP_AND_QUIC } from './dial-filter.js';

const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';
const { PUBLIC_ONLY, PRIVATE_TOO } = AddressPolicy;
const filter = async (address: string, policy = PUBLIC_ONLY) => (await dialable(address, policy))?.toString() ?? null;

describe('which origins are dialled', () => {
  it('dials public TCP addresses, with and without a peer id', async () => {
    expect(await filter(`/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`)).toBe(`/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`);
    expect(await filter('/ip4/8.8.8.8/tcp/4001')).toBe('/ip4/8.8.8.8/tcp/4001');
  });

  it('does not dial inside unless told to', async () => {
    expect(await filter('/ip4/127.0.0.1/tcp/4001')).toBeNull();
    expect(await filter('/ip4/127.0.0.1/tcp/4001', PRIVATE_TOO)).toBe('/ip4/127.0.0.1/tcp/4001');
    expect(await filter('/dns4/localhost/tcp/4001')).toBeNull();
    expect(await filter('/dns4/localhost/tcp/4001', PRIVATE_TOO)).toBe('/ip4/127.0.0.1/tcp/4001');
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
      `/ip4/8.8.8.8/tcp/4001/p2p/${'Q'.repeat(2_000_000)}`,
    ])
      expect(await filter(address, PRIVATE_TOO)).toBeNull();
  });

  it('dials QUIC for a node that speaks it', async () => {
    const quic = `/ip4/8.8.8.8/udp/4001/quic-v1/p2p/${PEER}`;
    expect((await dialable(quic, PUBLIC_ONLY, TCP_AND_QUIC))?.toString()).toBe(quic);
    expect(await dialable('/ip4/10.0.0.1/udp/4001/quic-v1', PUBLIC_ONLY, TCP_AND_QUIC)).toBeNull();
    for (const address of [
      '/ip4/8.8.8.8/udp/4001',
      '/ip4/8.8.8.8/udp/4001/quic-v1/webtransport',
      `/ip4/8.8.8.8/tcp/4001/p2p/${PEER}/p2p-circuit`,
    ])
      expect(await dialable(address, PUBLIC_ONLY, TCP_AND_QUIC)).toBeNull();
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

  it('dials inside what the operator opened, to the port, by number and by name', async () => {
    const opened = new AddressPolicy(['127.0.0.1:4001', '10.1.0.0/16']);
    expect(await filter('/ip4/127.0.0.1/tcp/4001', opened)).toBe('/ip4/127.0.0.1/tcp/4001');
    expect(await filter('/dns4/localhost/tcp/4001', opened)).toBe('/ip4/127.0.0.1/tcp/4001');
    expect(await filter('/ip6/::ffff:127.0.0.1/tcp/4001', opened)).not.toBeNull();
    expect(await filter('/ip4/10.1.2.3/tcp/22', opened)).not.toBeNull();
    for (const closed of [
      '/ip4/127.0.0.1/tcp/4002',
      '/dns4/localhost/tcp/5432',
      '/ip4/127.0.0.2/tcp/4001',
      '/ip4/0.0.0.0/tcp/4001',
      '/ip6/::1/tcp/4001',
      '/ip4/10.2.0.1/tcp/4001',
    ])
      expect([closed, await filter(closed, opened)]).toEqual([closed, null]);
  });

  it('dials the number that was judged: a name that leads inside a moment later leads nowhere', async () => {
    const answers = ['8.8.8.8', '127.0.0.1'];
    let asked = 0;
    const rebinding = new AddressPolicy([], (_name, _options, done) =>
      done(null, [{ address: answers[asked++] ?? '127.0.0.1', family: 4 }]),
    );
    const origin = `/dns4/rebinding.example/tcp/4001/p2p/${PEER}`;
    expect(await filter(origin, rebinding)).toBe(`/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`);
    expect(asked).toBe(1);
    expect(await filter(origin, rebinding)).toBeNull();
  });

  it('resolves dns4 to IPv4 and dns6 to IPv6 alone', async () => {
    expect(String(await filter('/dns6/localhost/tcp/4001', PRIVATE_TOO))).not.toMatch(/127/);
  });

  it('lets libp2p dial numbers that are permitted, whatever else the address says', () => {
    const opened = new AddressPolicy(['127.0.0.1:4001']);
    const permitted = (text: string) => isPermitted(multiaddr(text), opened);
    expect(permitted('/ip4/127.0.0.1/tcp/4001')).toBe(true);
    for (const text of [
      '/ip4/127.0.0.1/tcp/4002',
      '/dns4/localhost/tcp/4001',
      `/dnsaddr/example.com/p2p/${PEER}`,
      '/ip6zone/lo/ip6/::1/tcp/4001',
      '/unix/run%2Fdocker.sock',
    ])
      expect([text, permitted(text)]).toEqual([text, false]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { httpUrlOf } from './miner.js';

describe('The HTTP endpoint of a miner', () => {
  it.each([
    [['/ip4/127.0.0.1/tcp/8080/http'], 'http://127.0.0.1:8080'],
    [['/dns4/sp.example/tcp/443/https'], 'https://sp.example:443'],
    [['/dns/sp.example/tcp/443/tls/http'], 'https://sp.example:443'],
    [['/dns/sp.example/tcp/443/tls/sni/sp.example/http'], 'https://sp.example:443'],
    [['/ip6/::1/tcp/80/http'], 'http://[::1]:80'],
    [
      ['/ip4/1.2.3.4/tcp/4001', '/ip4/1.2.3.4/udp/4001/quic-v1', '/dns6/x.example/tcp/81/http/p2p/12D3KooW'],
      'http://x.example:81',
    ],
    [['/ip4/1.2.3.4/tcp/4001'], null],
    [[], null],
  ])('is read from its multiaddrs: %j', (addresses, url) => {
    expect(httpUrlOf(addresses)).toBe(url);
  });
});

import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { assertPublicHost, isLoopbackIp, isPublicIp, publicLookup } from './index.js';

/** First and last address of each range, where the range is narrow enough to be missed. */
const REFUSED: Record<string, string[]> = {
  'this network 0/8': ['0.0.0.0', '0.255.255.255'],
  'private 10/8': ['10.0.0.0', '10.255.255.255'],
  'private 172.16/12': ['172.16.0.0', '172.31.255.255'],
  'private 192.168/16': ['192.168.0.0', '192.168.255.255'],
  'shared 100.64/10': ['100.64.0.0', '100.127.255.255'],
  'loopback 127/8': ['127.0.0.1', '127.255.255.255'],
  'link-local 169.254/16, where clouds keep their secrets': ['169.254.0.0', '169.254.169.254', '169.254.255.255'],
  'IETF protocols 192.0.0/24': ['192.0.0.1', '192.0.0.255'],
  'documentation, IPv4': ['192.0.2.1', '198.51.100.1', '203.0.113.255'],
  '6to4 relays 192.88.99/24': ['192.88.99.1'],
  'benchmarking 198.18/15': ['198.18.0.0', '198.19.255.255'],
  'multicast 224/4': ['224.0.0.1', '239.255.255.255'],
  'reserved 240/4 and broadcast': ['240.0.0.1', '255.255.255.255'],
  'unspecified and loopback, IPv6': ['::', '::1'],
  'IPv4-mapped, judged as IPv4': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::ffff:192.168.1.1'],
  'IPv4-compatible ::/96': ['::7f00:1', '::8.8.8.8', '::a00:1'],
  'SIIT ::ffff:0:0:0/96': ['::ffff:0:7f00:1'],
  'NAT64 64:ff9b::/96': ['64:ff9b::7f00:1', '64:ff9b::808:808'],
  'local NAT64 64:ff9b:1::/48': ['64:ff9b:1::1', '64:ff9b:1:ffff::a00:1'],
  'discard 100::/64': ['100::', '100::ffff:ffff:ffff:ffff'],
  'Teredo 2001::/32': ['2001::1', '2001:0:ffff::1'],
  'benchmarking 2001:2::/48': ['2001:2::1'],
  ORCHID: ['2001:10::1', '2001:20::1'],
  'documentation, IPv6': ['2001:db8::1', '2001:db8:ffff::1', '3fff::1', '3fff:fff::1'],
  '6to4 2002::/16': ['2002:7f00:1::1', '2002:a00:1::', '2002:808:808::1'],
  'segment routing 5f00::/16': ['5f00::1'],
  'unique local fc00::/7': ['fc00::1', 'fd12:3456::1'],
  'link-local fe80::/10': ['fe80::1', 'febf::1', 'fe80::1%eth0'],
  'site-local fec0::/10': ['fec0::1'],
  'multicast ff00::/8': ['ff02::1', 'ff0e::1'],
  'not handed out to anybody': ['4000::1', '1::1'],
  'no address': [
    '',
    'localhost',
    'example.com',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '8.8.8',
    '1.2.3.4.5',
  ],
};

const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '128.0.0.1',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.1',
  '192.0.1.1',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::200e',
  '2003::1',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
];

describe('which addresses lie outside', () => {
  it.each(Object.entries(REFUSED))('refuses: %s', (_, addresses) => {
    expect(addresses.filter(isPublicIp)).toEqual([]);
  });

  it('lets through what the internet routes to, up to the borders of what it does not', () => {
    expect(PUBLIC.filter((address) => !isPublicIp(address))).toEqual([]);
  });

  it('tells this machine from its neighbours', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].filter((address) => !isLoopbackIp(address))).toEqual(
      [],
    );
    expect(['192.168.0.1', '0.0.0.0', '::', '8.8.8.8', 'localhost'].filter(isLoopbackIp)).toEqual([]);
  });

  it('judges the host of a URL in whatever way a number can be written there', () => {
    for (const host of ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '[::1]', '[::ffff:10.0.0.1]'])
      expect(() => assertPublicHost(new URL(`http://${host}:80/`))).toThrow('private address');
    for (const host of ['8.8.8.8', '[2606:4700::1111]', 'example.com'])
      expect(() => assertPublicHost(new URL(`http://${host}/`))).not.toThrow();
  });

  it('resolves no name that leads inside', async () => {
    const resolve = promisify(publicLookup);
    await expect(resolve('localhost', {})).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    await expect(resolve('localhost', { all: true })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    await expect(resolve('no.such.host.invalid', {})).rejects.toThrow();
  });
});

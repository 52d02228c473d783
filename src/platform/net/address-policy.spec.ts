import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AddressPolicy, isPublicIp } from './index.js';

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
});

describe('the policy on where strangers may lead', () => {
  const { PUBLIC_ONLY, PRIVATE_TOO } = AddressPolicy;
  const all = [...Object.values(REFUSED).flat(), ...PUBLIC];

  it('permits public addresses alone while nothing is opened, to any port', () => {
    expect(all.filter((address) => PUBLIC_ONLY.permits(address, 22) !== isPublicIp(address))).toEqual([]);
  });

  it('opened altogether, permits this machine and the networks around it, and neither link-local addresses nor what is no place', () => {
    const opened = all.filter((address) => PRIVATE_TOO.permits(address, 80) && !isPublicIp(address));
    expect(opened.filter((address) => !/^(127|10|172|192\.168|100|::1|::ffff|fc|fd)/.test(address))).toEqual([]);
    for (const inside of ['127.0.0.1', '10.0.0.0', '192.168.1.1', '::1', 'fd12:3456::1', '::ffff:127.0.0.1'])
      expect([inside, PRIVATE_TOO.permits(inside, 80)]).toEqual([inside, true]);
    for (const nowhere of [
      '169.254.169.254',
      'fe80::1',
      '0.0.0.0',
      '::',
      '224.0.0.1',
      '64:ff9b::7f00:1',
      '::ffff:a9fe:a9fe',
    ])
      expect([nowhere, PRIVATE_TOO.permits(nowhere, 80)]).toEqual([nowhere, false]);
  });

  it('opened by a list, permits these addresses and ports, in whatever way they are written', () => {
    const policy = new AddressPolicy(['127.0.0.1:4001', '10.0.0.0/8:80-90', '[fd00::]/8', '169.254.1.1:1']);
    for (const [address, port] of [
      ['127.0.0.1', 4001],
      ['::ffff:127.0.0.1', 4001],
      ['10.255.0.1', 80],
      ['10.0.0.0', 90],
      ['fd12::1', 22],
      ['169.254.1.1', 1],
      ['8.8.8.8', 22],
    ] as const)
      expect([address, port, policy.permits(address, port)]).toEqual([address, port, true]);
    for (const [address, port] of [
      ['127.0.0.1', 4002],
      ['127.0.0.2', 4001],
      ['0.0.0.0', 4001],
      ['::1', 4001],
      ['10.0.0.1', 79],
      ['10.0.0.1', 91],
      ['11.0.0.1.nip.io', 80],
      ['fe80::1', 22],
      ['169.254.1.2', 1],
    ] as const)
      expect([address, port, policy.permits(address, port)]).toEqual([address, port, false]);
  });

  it('takes no list that says something else than addresses', () => {
    for (const entry of ['', 'localhost', '127.0.0.1:', '127.0.0.1:0-70000', '1.2.3.4/33', '[::1', '*', '300.0.0.1'])
      expect(() => new AddressPolicy([entry])).toThrow(RangeError);
  });

  it('judges a host in whatever way a number can be written in a URL', () => {
    const judge = (host: string) => PUBLIC_ONLY.assertPermits(new URL(`http://${host}:80/`).hostname, 80);
    for (const host of [
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '2130706433',
      '0177.0.0.1',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '0',
    ])
      expect(() => judge(host)).toThrow('private address');
    for (const host of ['8.8.8.8', '[2606:4700::1111]', 'example.com']) expect(() => judge(host)).not.toThrow();
  });

  it('resolves no name that leads inside, and one that was opened to that port alone', async () => {
    const resolve = promisify(PUBLIC_ONLY.lookup(80));
    await expect(resolve('localhost', {})).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    await expect(resolve('localhost', { all: true })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    await expect(resolve('no.such.host.invalid', {})).rejects.toThrow();
    const opened = new AddressPolicy(['127.0.0.1:80', '[::1]:80']);
    await expect(promisify(opened.lookup(80))('localhost', {})).resolves.toBeDefined();
    await expect(promisify(opened.lookup(81))('localhost', {})).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(await opened.resolve('localhost', 81)).toEqual([]);
    expect((await opened.resolve('localhost', 80, 4)).map(({ address }) => address)).toEqual(['127.0.0.1']);
    expect(await opened.resolve('no.such.host.invalid', 80)).toEqual([]);
  });
});

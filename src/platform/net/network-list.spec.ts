import { describe, expect, it } from '@jest/globals';
import { clientOf, inNetworks, isNetwork } from './network-list.js';

describe('a list of networks', () => {
  it('holds single addresses and networks of both families', () => {
    const inside = inNetworks(['10.0.0.7', '10.1.0.0/16', '2001:db8::/32']);
    for (const address of ['10.0.0.7', '::ffff:10.0.0.7', '10.1.200.3', '2001:db8::5'])
      expect(inside(address)).toBe(true);
    for (const address of ['10.0.0.8', '10.2.0.1', '2001:db9::5', '', 'name', '::1'])
      expect(inside(address)).toBe(false);
  });

  it('is empty by default, and takes no names', () => {
    expect(inNetworks([])('127.0.0.1')).toBe(false);
    expect(['127.0.0.1', '10.0.0.0/8', 'fc00::/7'].every(isNetwork)).toBe(true);
    expect(['localhost', '10.0.0.0/40', ''].some(isNetwork)).toBe(false);
  });
});

describe('a client', () => {
  it('is an IPv4 address, or the /64 of an IPv6 address', () => {
    expect(clientOf('192.0.2.1')).toBe('192.0.2.1');
    expect(clientOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(clientOf('2001:db8:1:2:3::4')).toBe(clientOf('2001:db8:1:2:ffff::1'));
    expect(clientOf('2001:db8:1:2:3::4')).not.toBe(clientOf('2001:db8:1:3::1'));
    expect(clientOf('unknown')).toBe('unknown');
  });
});

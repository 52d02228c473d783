import { describe, expect, it } from '@jest/globals';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { idOf, keyAddress, loopbackHttpMultiaddr, peerId, sameNetwork, secp256k1Address } from './addresses.js';

describe('Addresses', () => {
  it('makes the address that Filecoin makes of a public key', () => {
    const key = Uint8Array.of(
      4,
      148,
      2,
      250,
      195,
      126,
      100,
      50,
      164,
      22,
      163,
      160,
      202,
      84,
      38,
      181,
      24,
      90,
      179,
      178,
      79,
      97,
      52,
      239,
      162,
      92,
      228,
      135,
      200,
      45,
      46,
      78,
      19,
      191,
      69,
      37,
      17,
      224,
      210,
      36,
      84,
      33,
      248,
      97,
      59,
      193,
      13,
      114,
      250,
      33,
      102,
      102,
      169,
      108,
      59,
      193,
      57,
      32,
      211,
      255,
      35,
      63,
      208,
      188,
      5,
    );
    expect(secp256k1Address(key)).toBe('t15ihq5ibzwki2b4ep2f46avlkrqzhpqgtga7pdrq');
  });

  it('follow from the seed', () => {
    expect(keyAddress('a', '0')).toBe(keyAddress('a', '0'));
    expect(keyAddress('a', '0')).not.toBe(keyAddress('b', '0'));
  });

  it('are read with f or t', () => {
    expect(sameNetwork('f01000')).toBe('t01000');
    expect(idOf('t01000')).toBe(1000);
    expect(idOf(keyAddress('a', '0'))).toBeUndefined();
  });
});

describe('Peers', () => {
  it('have ids that libp2p reads', () => {
    const id = peerId('seed', 't01000');
    expect(id).toMatch(/^12D3KooW/);
    expect(peerIdFromString(id).type).toBe('Ed25519');
  });

  it('have multiaddrs that multiaddr reads', () => {
    expect(multiaddr(loopbackHttpMultiaddr(40_123)).toString()).toBe('/ip4/127.0.0.1/tcp/40123/http');
  });
});

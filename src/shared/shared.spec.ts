import { bases } from 'multiformats/basics';
import { describe, expect, it } from '@jest/globals';
import { canonicalCid, dateToEpoch, epochToDate, formatFil, parseCid, parseRowId, pricePerEpoch } from './index.js';

describe('attoFIL', () => {
  it('prints FIL without losing an atto', () => {
    expect(formatFil(0n)).toBe('0');
    expect(formatFil(1n)).toBe('0.000000000000000001');
    expect(formatFil(1_234_500_000_000_000_000n)).toBe('1.2345');
    expect(formatFil(-1_500_000_000_000_000_000n)).toBe('-1.5');
    expect(formatFil(12_000_000_000_000_000_000n)).toBe('12');
  });

  it('prices a padded piece by the GiB, rounded down', () => {
    expect(pricePerEpoch(3_000n, 1n << 30n)).toBe(3_000n);
    expect(pricePerEpoch(3_000n, 1n << 29n)).toBe(1_500n);
    expect(pricePerEpoch(1n, 128n)).toBe(0n);
  });
});

describe('epochs', () => {
  const mainnet = { genesis: new Date(1_598_306_400_000), blockDelaySeconds: 30 };

  it('epoch and date convert into each other', () => {
    expect(epochToDate(2880, mainnet).getTime() - mainnet.genesis.getTime()).toBe(86_400_000);
    expect(dateToEpoch(epochToDate(4_000_000, mainnet), mainnet)).toBe(4_000_000);
  });

  it('a moment inside an epoch belongs to that epoch', () => {
    expect(dateToEpoch(new Date(mainnet.genesis.getTime() + 59_999), mainnet)).toBe(1);
  });
});

describe('CIDs', () => {
  const v0 = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH';

  it('version 0 and version 1 of one hash have one canonical text', () => {
    const cid = parseCid(v0);
    expect(cid).not.toBeNull();
    if (!cid) return;
    expect(canonicalCid(cid)).toBe('bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y');
    expect(canonicalCid(cid.toV1())).toBe(canonicalCid(cid));
  });

  it('are read in every multibase, and written in one', () => {
    const text = 'bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y';
    const cid = parseCid(text)!;
    const others = Object.values(bases)
      .filter(({ name }) => name !== 'identity')
      .map((base) => cid.toString(base.encoder));
    expect(others.length).toBeGreaterThan(20);
    expect(others).toContain(text.toUpperCase());
    for (const other of others) {
      expect(parseCid(other)?.toString()).toBe(text);
      expect(canonicalCid(parseCid(other)!)).toBe(text);
    }
    // Decoders take either case, as they are told to (RFC 4648, 3.4 leaves it open).
    expect(parseCid(`b${text.slice(1).toUpperCase()}`)?.toString()).toBe(text);
    for (const wrong of [`F${text.slice(1)}`, '🚀', 'm', 'é', '\u0000abc']) expect(parseCid(wrong)).toBeNull();
  });

  it('what is no CID is null and never throws', () => {
    for (const text of ['', 'x', 'Qm', '../etc/passwd', 'bafy'.repeat(400)]) expect(parseCid(text)).toBeNull();
  });
});

describe('row ids in URLs', () => {
  it('only positive 64-bit integers are ids', () => {
    expect(parseRowId('42')).toBe(42n);
    for (const text of ['0', '-1', '1.5', 'abc', '', '9223372036854775808', '1e3', ' 1'])
      expect(parseRowId(text)).toBeNull();
  });
});

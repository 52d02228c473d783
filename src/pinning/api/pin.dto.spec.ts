import { describe, expect, it } from '@jest/globals';
import { pinSchema } from './pin.dto.js';

describe('the CID of a pin', () => {
  const v1 = 'bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y';

  it('stays as it was sent where everybody can read it', () => {
    for (const cid of [v1, 'QmfM2r8seH2GiRaC4esTjeraXEachRt8ZsSeGaWTPLyMoG']) {
      expect(pinSchema.parse({ cid }).cid).toBe(cid);
    }
  });

  it('is taken in any multibase, and answered in base32 then', () => {
    for (const cid of [v1.toUpperCase(), `b${v1.slice(1).toUpperCase()}`])
      expect(pinSchema.parse({ cid }).cid).toBe(v1);
  });

  it('is refused by its name when it is none', () => {
    expect(pinSchema.safeParse({ cid: 'nonsense' }).error?.issues).toEqual([
      expect.objectContaining({ path: ['cid'], message: 'is not a CID' }),
    ]);
  });
});

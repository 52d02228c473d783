import { describe, expect, it } from '@jest/globals';
import { UnixFS } from 'ipfs-unixfs';
import { encodeFileNode } from './unixfs-file.js';

describe('a UnixFS file node', () => {
  it('says its size right however often it is written, also between 2 and 4 GiB', () => {
    for (let round = 0; round < 20_000; round++) {
      const blockSizes = Array.from({ length: 1 + (round % 7) }, () => 2 ** 30);
      expect(UnixFS.unmarshal(encodeFileNode({ blockSizes })).fileSize()).toBe(BigInt(blockSizes.length) * 2n ** 30n);
    }
  });
});

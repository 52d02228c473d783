import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
// The library's own reader: what peers that run it make of our messages.
import { BitswapMessage } from '../../../node_modules/@helia/bitswap/dist/src/pb/message.js';
import { cidOf, DAG_PB, RAW, readVarint } from '../../ipld/index.js';
import { blockField, framed, presenceField } from './bitswap-message.js';

const read = (parts: Uint8Array[]) => {
  const bytes = Buffer.concat(parts);
  const { value = 0, length = 0 } = readVarint(bytes) ?? {};
  expect(bytes.length).toBe(length + value);
  return BitswapMessage.decode(bytes.subarray(length));
};

describe('a bitswap message', () => {
  it('carries blocks of any size and the prefixes of their CIDs, of both versions', () => {
    const blocks = [0, 1, 127, 128, 20_000, 3_000_000].map((size) => Uint8Array.from(randomBytes(size)));
    const cids = blocks.map((bytes, at) => cidOf(at % 2 === 0 ? RAW : DAG_PB, bytes));
    const v0 = CID.create(0, DAG_PB, cidOf(DAG_PB, blocks[2]!).multihash);
    const { blocks: found } = read(
      framed([...cids, v0].flatMap((cid, at) => blockField(cid, blocks[at] ?? blocks[2]!))),
    );
    expect(found.map(({ data }) => Buffer.from(data))).toEqual(
      [...blocks, blocks[2]!].map((bytes) => Buffer.from(bytes)),
    );
    expect(found.map(({ prefix }) => [...prefix])).toEqual([
      ...cids.map((cid) => [1, cid.code, 0x12, 32]),
      [0, DAG_PB, 0x12, 32],
    ]);
  });

  it('does not copy a block', () => {
    const bytes = Uint8Array.from(randomBytes(1000));
    expect(blockField(cidOf(RAW, bytes), bytes)[1]).toBe(bytes);
  });

  it('says what is here and what is not', () => {
    const [here, away] = [cidOf(RAW, Uint8Array.of(1)), cidOf(DAG_PB, Uint8Array.of(2))];
    const { blockPresences } = read(framed([presenceField(here, true), presenceField(away, false)]));
    expect(blockPresences.map(({ cid, type }) => [CID.decode(cid).toString(), type])).toEqual([
      [here.toString(), 'HaveBlock'],
      [away.toString(), 'DoNotHaveBlock'],
    ]);
  });
});

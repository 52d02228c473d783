import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import * as Digest from 'multiformats/hashes/digest';
import { multihashHasher } from '../../ipld/index.js';
import { fetchAll, HeliaPeers } from './testing/helia-peers.js';

/** What Kubo makes with `ipfs add --hash`, and dbl-sha2-256. */
const KINDS = {
  'sha2-256': 0x12,
  'sha2-512': 0x13,
  sha1: 0x11,
  'dbl-sha2-256': 0x56,
  'sha3-256': 0x16,
  'sha3-512': 0x14,
  'keccak-256': 0x1b,
  'blake2b-256': 0xb220,
  'blake2s-256': 0xb260,
  blake3: 0x1e,
};

describe('Helia and the hashes of blocks', () => {
  let peers: HeliaPeers;
  beforeAll(async () => {
    peers = await HeliaPeers.create();
  });
  afterAll(() => peers.close());

  it('fetches blocks of every kind that Kubo makes', async () => {
    const [giver, taker] = [await peers.start(), await peers.start()];
    const put = async (code: number, codec: number, bytes: Uint8Array) =>
      giver.blocks.put(CID.createV1(codec, await multihashHasher(code).digest(bytes)), bytes);
    const leaves = await Promise.all(Object.values(KINDS).map((code) => put(code, raw.code, randomBytes(2_000))));
    const root = await put(KINDS.blake3, dagCbor.code, dagCbor.encode(leaves));
    expect(await fetchAll(taker.node, root, { origins: [giver.address] })).toBe(1 + leaves.length);
  }, 60_000);

  it('names a hash that it cannot verify instead of waiting for it', async () => {
    const taker = await peers.start();
    const murmur = CID.createV1(raw.code, Digest.create(0x22, new Uint8Array(8)));
    const short = CID.createV1(raw.code, Digest.create(0x12, new Uint8Array(16)));
    for (const root of [murmur, short])
      await expect(fetchAll(taker.node, root)).rejects.toMatchObject({ code: 'ERR_PIN_UNSUPPORTED' });
  });
});

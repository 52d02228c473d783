import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { CID } from 'multiformats/cid';
import { cidOf } from './block-hash.js';
import { blockKey, cidOfNodeKey, nodeKey } from './block-key.js';
import { DAG_CBOR, DAG_PB, RAW } from './codecs.js';

const bytes = randomBytes(100);
const node = cidOf(DAG_PB, bytes);
const old = CID.createV0(node.multihash as never);

describe('the key of a block', () => {
  it('is one for the same bytes, whatever names them', () => {
    expect(new Set([node, old, cidOf(RAW, bytes), cidOf(DAG_CBOR, bytes)].map(blockKey)).size).toBe(1);
    expect(blockKey(cidOf(RAW, randomBytes(100)))).not.toBe(blockKey(node));
  });

  it('is made of its own bytes alone when it is a view of more', () => {
    const within = CID.decodeFirst(Buffer.concat([node.bytes, randomBytes(50)]))[0];
    expect(blockKey(within)).toBe(blockKey(node));
    expect(nodeKey(within)).toBe(nodeKey(node));
  });
});

describe('the key of a node', () => {
  it('tells codecs apart and versions of CIDs not', () => {
    expect(nodeKey(old)).toBe(nodeKey(node));
    expect(nodeKey(cidOf(RAW, bytes))).not.toBe(nodeKey(node));
  });

  it('gives the CID back, as version 1', () => {
    expect(cidOfNodeKey(nodeKey(old)).toString()).toBe(node.toString());
  });
});

// Valid inputs, made by code and the same on every machine: what a mutation starts from.
import { createHash } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { importer } from 'ipfs-unixfs-importer';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { carHeaderOf, sectionPrefix } from '../../dist/ipld/index.js';
import { join } from './mutate.mjs';
import { Random } from './random.mjs';

export const [RAW, DAG_PB, DAG_CBOR, DAG_JSON] = [0x55, 0x70, 0x71, 0x0129];

export const cidOf = (codec, bytes) =>
  CID.createV1(codec, Digest.create(0x12, createHash('sha256').update(bytes).digest()));
export const identityOf = (codec, bytes) => CID.createV1(codec, Digest.create(0, bytes));
export const blockOf = (codec, bytes) => ({ cid: cidOf(codec, bytes), bytes });

/** Files of several layouts, a directory, a sharded one, a symlink, values in values: { root, blocks } each. */
export async function sampleDags() {
  const random = new Random('sample dags');
  const files = async (entries, options) => {
    const blocks = new Map();
    const store = {
      get: async function* (cid) {
        yield blocks.get(cid.toString()).bytes;
      },
      put: async (cid, bytes) => {
        blocks.set(cid.toString(), { cid, bytes });
        return cid;
      },
    };
    let root;
    for await (const entry of importer(entries, store, { cidVersion: 1, rawLeaves: true, ...options }))
      root = entry.cid;
    return { root, blocks: [...blocks.values()] };
  };
  const fixed = (size) =>
    async function* (source) {
      for await (const part of source)
        for (let at = 0; at < part.length; at += size) yield part.subarray(at, at + size);
    };
  const one = (size) => [{ content: random.bytes(size) }];
  const many = (count) =>
    Array.from({ length: count }, (_, n) => ({ path: `d/file ${n}.txt`, content: random.bytes(20) }));
  const wrapped = { wrapWithDirectory: true };
  const raw = blockOf(RAW, random.bytes(100));
  const inner = blockOf(
    DAG_CBOR,
    dagCbor.encode({ a: [1, 2n, -3, 1.5, null, true, new Uint8Array(9)], link: raw.cid }),
  );
  const value = blockOf(DAG_CBOR, dagCbor.encode({ list: [inner.cid, { deep: { deeper: raw.cid } }], text: 'text' }));
  const json = blockOf(
    DAG_JSON,
    new TextEncoder().encode(JSON.stringify({ x: { '/': raw.cid.toString() }, y: [1, 'z'] })),
  );
  const link = new UnixFS({ type: 'symlink', data: new TextEncoder().encode('../else/where') });
  const symlink = blockOf(DAG_PB, dagPb.encode(dagPb.prepare({ Data: link.marshal(), Links: [] })));
  return [
    await files(one(50)),
    await files(one(3_000), { chunker: fixed(100) }),
    await files(one(3_000), { chunker: fixed(64), rawLeaves: false }),
    await files(many(5), wrapped),
    await files(many(60), { ...wrapped, shardSplitThresholdBytes: 1 }),
    { root: raw.cid, blocks: [raw] },
    { root: value.cid, blocks: [value, inner, raw] },
    { root: json.cid, blocks: [json, raw] },
    { root: symlink.cid, blocks: [symlink] },
  ];
}

/** A CARv1 of these blocks. */
export function carOf(roots, blocks) {
  return join(carHeaderOf(roots), ...blocks.flatMap(({ cid, bytes }) => [sectionPrefix(cid, bytes.length), bytes]));
}

/** A CARv2 around a CARv1, with padding and something in the place of an index. */
export function carV2Of(car, padding = 7) {
  const header = Buffer.alloc(40);
  header.writeBigUInt64LE(BigInt(51 + padding), 16);
  header.writeBigUInt64LE(BigInt(car.length), 24);
  header.writeBigUInt64LE(BigInt(51 + padding + car.length), 32);
  const pragma = Buffer.from('0aa16776657273696f6e02', 'hex');
  return join(pragma, header, new Uint8Array(padding), car, new Uint8Array(30));
}

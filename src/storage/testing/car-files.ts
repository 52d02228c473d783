import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as dagCbor from '@ipld/dag-cbor';
import { CarReader } from '@ipld/car';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { sectionPrefix } from '../../ipld/index.js';
import type { ContentNode } from '../../content/testing/content-app.js';

export interface ReadCar {
  root: CID;
  bytes: Buffer;
  blocks: Map<string, Uint8Array>;
}

export function carPath(node: ContentNode, id: string): string {
  return path.join(node.dataDir, 'cars', id.slice(-2), `${id}.car`);
}

/** A CAR file of the node, read by another implementation, its hashes checked. */
export async function readCar(node: ContentNode, id: string): Promise<ReadCar> {
  const bytes = await readFile(carPath(node, id));
  const reader = await CarReader.fromBytes(bytes);
  const [root, ...more] = await reader.getRoots();
  if (!root || more.length > 0) throw new Error('one root was expected');
  const blocks = new Map<string, Uint8Array>();
  for await (const block of reader.blocks()) {
    const digest = hash('sha256', block.bytes, 'buffer');
    if (block.cid.multihash.code === 0x12 && Buffer.compare(digest, block.cid.multihash.digest) !== 0)
      throw new Error(`${block.cid.toString()} is corrupt`);
    blocks.set(block.cid.toString(), block.bytes);
  }
  return { root, bytes, blocks };
}

/** The CIDs at the leaves of the list nodes below a CAR's root. */
export function membersOf({ root, blocks }: ReadCar): string[] {
  const walk = (cid: CID): string[] => {
    const bytes = blocks.get(cid.toString());
    return cid.code === dagCbor.code && bytes ? dagCbor.decode<CID[]>(bytes).flatMap(walk) : [cid.toString()];
  };
  return walk(root);
}

export function rawBlock(bytes: Uint8Array): { cid: CID; bytes: Uint8Array } {
  return { cid: CID.createV1(0x55, Digest.create(0x12, hash('sha256', bytes, 'buffer'))), bytes };
}

export function makeCar(roots: readonly CID[], blocks: readonly { cid: CID; bytes: Uint8Array }[]): Buffer {
  const header = dagCbor.encode({ version: 1, roots });
  return Buffer.concat([
    Buffer.from([
      (header.length & 0x7f) | (header.length > 127 ? 0x80 : 0),
      ...(header.length > 127 ? [header.length >> 7] : []),
    ]),
    header,
    ...blocks.flatMap(({ cid, bytes }) => [sectionPrefix(cid, bytes.length), bytes]),
  ]);
}

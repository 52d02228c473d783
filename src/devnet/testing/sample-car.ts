import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import { code as RAW } from 'multiformats/codecs/raw';
import * as Digest from 'multiformats/hashes/digest';
import { sha256 } from 'multiformats/hashes/sha2';
import { carHeader, carSectionPrefix } from '../storage/car-sections.js';

/** The file at `path`, and the same bytes in memory; `blocks` by CID text. */
export interface SampleCar {
  root: CID;
  path: string;
  bytes: Uint8Array;
  blocks: Map<string, Uint8Array>;
}

const LEAF_BYTES = 64 * 1024;

/**
 * A CAR of one UnixFS file whose bytes follow from `label`, in depth-first order: what a miner gives back is equal to
 * it.
 */
export async function sampleCar(path: string, size: number, label = 'sample'): Promise<SampleCar> {
  const leaves: [CID, Uint8Array][] = [];
  const file = new UnixFS({ type: 'file' });
  for (let at = 0; at < size; at += LEAF_BYTES) {
    const bytes = pseudoRandom(`${label}/${at}`, Math.min(LEAF_BYTES, size - at));
    leaves.push([cidOf(RAW, bytes), bytes]);
    file.addBlockSize(BigInt(bytes.length));
  }
  const links = leaves.map(([cid, bytes]) => dagPb.createLink('', bytes.length, cid));
  const node = dagPb.encode(dagPb.createNode(file.marshal(), links));
  const root = cidOf(dagPb.code, node);
  const all: [CID, Uint8Array][] = [[root, node], ...leaves];
  const bytes = Buffer.concat([
    carHeader(root),
    ...all.flatMap(([cid, block]) => [carSectionPrefix(cid, block.length), block]),
  ]);
  await writeFile(path, bytes);
  return { root, path, bytes, blocks: new Map(all.map(([cid, block]) => [cid.toString(), block])) };
}

function cidOf(code: number, bytes: Uint8Array): CID {
  return CID.createV1(code, Digest.create(sha256.code, createHash('sha256').update(bytes).digest()));
}

function pseudoRandom(label: string, size: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let i = 0; i * 32 < size; i++) parts.push(createHash('sha256').update(`${label}/${i}`).digest());
  return Buffer.concat(parts).subarray(0, size);
}

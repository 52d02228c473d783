import * as dagPb from '@ipld/dag-pb';
import { murmur364 } from '@multiformats/murmur3';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { cidOf, DAG_PB, encodeDirectoryNode, encodeShardNode, SHA2_256 } from '../../ipld/index.js';
import { PathInvalid } from './content.errors.js';
import type { ImportProfile } from './file-dag.js';
import type { Folder, FolderFile, FolderTree } from './folder-tree.js';

/** From here on a directory is sharded, as Kubo and IPIP-499 have it. */
const SHARD_ABOVE_BYTES = 256 * 1024;
/** Children of a shard, and how the place of one is written. */
const FANOUT = 256;
const PREFIX_DIGITS = 2;
/** A level takes 8 bits of 64. */
const HASH_BYTES = 8;

/** Takes a block; resolves when more may come. */
export type PutBlock = (cid: CID, bytes: Uint8Array) => Promise<void>;

interface Entry extends FolderFile {
  name: string;
}

interface HashedEntry extends Entry {
  hash: Uint8Array;
}

/**
 * Folders as UnixFS directories: flat, or sharded where they are larger than 256 KiB
 * (https://specs.ipfs.tech/unixfs/#dag-pb-directory, #dag-pb-hamtdirectory). The same entries give the same CID in
 * whatever order they came, and the one that `ipfs add -r` with this profile gives.
 */
export class DirectoryDag {
  constructor(
    private readonly tree: FolderTree,
    private readonly profile: ImportProfile,
    private readonly put: PutBlock,
  ) {}

  /** Blocks of the folder and of all below go out, children first. @throws PathInvalid, and what `put` throws */
  async write(folder: Folder): Promise<FolderFile> {
    const entries: Entry[] = [];
    for (const [name, child] of folder)
      entries.push({ name, ...(typeof child === 'number' ? this.tree.file(child) : await this.write(child)) });
    return this.writeEntries(entries);
  }

  /** One directory of what is stored already. @throws as `write` */
  async writeEntries(entries: readonly Entry[]): Promise<FolderFile> {
    // First what can be told without a block: it has more than its names and CIDs.
    if (linkBytes(entries) > SHARD_ABOVE_BYTES) return this.shards(entries);
    const bytes = encode(encodeDirectoryNode(), entries);
    if (this.profile.directorySize === 'block' && bytes.length > SHARD_ABOVE_BYTES) return this.shards(entries);
    return this.node(bytes, entries);
  }

  private shards(entries: readonly Entry[]): Promise<FolderFile> {
    return this.shard(
      entries.map((entry) => ({ ...entry, hash: hashOf(entry.name) })),
      0,
    );
  }

  /** @param level bytes of the hashes that the shards above have used */
  private async shard(entries: readonly HashedEntry[], level: number): Promise<FolderFile> {
    if (level === HASH_BYTES) throw collision(entries);
    const places = new Map<number, HashedEntry[]>();
    for (const entry of entries) {
      const place = entry.hash[level] as number;
      const there = places.get(place);
      if (there) there.push(entry);
      else places.set(place, [entry]);
    }
    const links: Entry[] = [];
    for (const [place, there] of places) {
      const prefix = place.toString(16).toUpperCase().padStart(PREFIX_DIGITS, '0');
      const [only] = there;
      if (there.length === 1 && only) links.push({ ...only, name: prefix + only.name });
      else links.push({ name: prefix, ...(await this.shard(there, level + 1)) });
    }
    return this.node(encode(encodeShardNode([...places.keys()], FANOUT), links), links);
  }

  private async node(bytes: Uint8Array, links: readonly Entry[]): Promise<FolderFile> {
    const v1 = cidOf(DAG_PB, bytes);
    const cid = this.profile.rawLeaves ? v1 : CID.createV0(Digest.create(SHA2_256, v1.multihash.digest));
    await this.put(cid, bytes);
    return { cid, cumulative: links.reduce((sum, link) => sum + link.cumulative, bytes.length) };
  }
}

/** Links in the order that dag-pb asks for: by the bytes of their names. */
function encode(data: Uint8Array, entries: readonly Entry[]): Uint8Array {
  const links = entries.map(({ name, cid, cumulative }) => ({ Name: name, Hash: cid, Tsize: cumulative }));
  return dagPb.encode(dagPb.prepare({ Data: data, Links: links }));
}

/** Names and CIDs; the block has more. */
function linkBytes(entries: readonly Entry[]): number {
  return entries.reduce((sum, { name, cid }) => sum + Buffer.byteLength(name) + cid.bytes.length, 0);
}

/** The first 64 bits of murmur3-x64-128, the first bit highest. */
function hashOf(name: string): Uint8Array {
  const hash = murmur364.encode(Buffer.from(name));
  if (!(hash instanceof Uint8Array)) throw new Error('murmur3 is computed at once');
  return hash;
}

/** Chance does not do that: 64 bits of their hashes are the same. No reader would find them. */
function collision([first]: readonly Entry[]): PathInvalid {
  const path = first?.name ?? '';
  return new PathInvalid(`${JSON.stringify(path)} and another name have the same hash and no place beside each other`, {
    details: { path },
  });
}

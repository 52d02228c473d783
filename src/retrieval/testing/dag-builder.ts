import { importer } from 'ipfs-unixfs-importer';
import type { CID } from 'multiformats/cid';
import { blockKey, carHeaderOf, cidOf, linksOf, RAW, sectionPrefix } from '../../ipld/index.js';

export interface BuiltBlock {
  cid: CID;
  bytes: Uint8Array;
}

export interface BuiltDag {
  root: CID;
  /** In depth-first order from the root, each once. */
  blocks: BuiltBlock[];
}

export interface BuildOptions {
  chunkBytes?: number;
  width?: number;
  rawLeaves?: boolean;
  /** Directories with more members become sharded. */
  shardAbove?: number;
}

/** Files, by path, as a UnixFS DAG. One file without a path is the root itself. */
export async function buildDag(
  files: Record<string, Uint8Array> | Uint8Array,
  options: BuildOptions = {},
): Promise<BuiltDag> {
  const store = new Map<string, Uint8Array>();
  const blockstore = {
    put(cid: CID, bytes: Uint8Array) {
      store.set(blockKey(cid), bytes);
      return cid;
    },
  };
  const source =
    files instanceof Uint8Array
      ? [{ content: files }]
      : Object.entries(files).map(([path, content]) => ({ path, content }));
  const { fixedSize } = await import('ipfs-unixfs-importer/chunker');
  const { balanced } = await import('ipfs-unixfs-importer/layout');
  let root: CID | undefined;
  for await (const entry of importer(source, blockstore as never, {
    cidVersion: 1,
    rawLeaves: options.rawLeaves ?? true,
    wrapWithDirectory: !(files instanceof Uint8Array),
    chunker: fixedSize({ chunkSize: options.chunkBytes ?? 1024 }),
    layout: balanced({ maxChildrenPerNode: options.width ?? 4 }),
    ...(options.shardAbove === undefined ? {} : { shardSplitThresholdBytes: options.shardAbove }),
  }))
    root = entry.cid;
  if (!root) throw new Error('nothing to build');
  return { root, blocks: depthFirst(root, store) };
}

function depthFirst(root: CID, store: ReadonlyMap<string, Uint8Array>): BuiltBlock[] {
  const seen = new Set<string>();
  const blocks: BuiltBlock[] = [];
  const visit = (cid: CID): void => {
    if (seen.has(blockKey(cid))) return;
    seen.add(blockKey(cid));
    const bytes = store.get(blockKey(cid));
    if (!bytes) throw new Error(`${cid.toString()} was not built`);
    blocks.push({ cid, bytes });
    linksOf(cid, bytes).forEach(visit);
  };
  visit(root);
  return blocks;
}

export function rawBlock(bytes: Uint8Array): BuiltBlock {
  return { cid: cidOf(RAW, bytes), bytes };
}

export function sectionOf({ cid, bytes }: BuiltBlock): Uint8Array {
  return Buffer.concat([sectionPrefix(cid, bytes.length), bytes]);
}

export function carOf(root: CID, blocks: readonly BuiltBlock[]): Uint8Array {
  return Buffer.concat([carHeaderOf([root]), ...blocks.map(sectionOf)]);
}

/** As the network delivers: in pieces of any size. */
export async function* inPieces(bytes: Uint8Array, size = 700): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

import { encode } from '@ipld/dag-cbor';
import type { CID } from 'multiformats/cid';
import { cidOf, DAG_CBOR } from '../../ipld/index.js';
import type { Block } from './car-writer.js';

/** No node passes 1 MiB; some 20,000 links of the usual width. The first of several is about as large. */
export const NODE_BYTES = 900_000;
/** What dag-cbor adds to a CID that it links. */
const LINK_OVERHEAD = 6;
/** A node's own section, and the link to it one level up. */
const NODE_OVERHEAD = 128;

/**
 * The root of a CAR that is more, or less, than one DAG: a dag-cbor list of links; lists of lists when there are many.
 * The same links in the same order give the same root. The last block is the root.
 */
export async function* rootNodes(links: AsyncIterable<CID> | Iterable<CID>): AsyncGenerator<Block, CID> {
  const levels: Level[] = [new Level()];
  const push = function* (depth: number, link: CID): Generator<Block> {
    const level = (levels[depth] ??= new Level());
    level.add(link);
    if (level.bytes >= NODE_BYTES) yield* fold(depth, level);
  };
  const fold = function* (depth: number, level: Level): Generator<Block> {
    const block = level.takeNode();
    yield block;
    yield* push(depth + 1, block.cid);
  };
  for await (const link of links) yield* push(0, link);
  for (let depth = 0; ; depth++) {
    const level = levels[depth] ?? new Level();
    const isTop = depth === levels.length - 1;
    const [first] = level.links;
    if (isTop && depth > 0 && level.links.length === 1 && first) return first;
    if (isTop || level.links.length > 0) yield* fold(depth, level);
  }
}

/** Room to keep for the root nodes of so many links, whose CIDs have so many bytes together. */
export function rootNodesReserve(links: number, cidBytes: number): number {
  const bytes = cidBytes + links * LINK_OVERHEAD;
  return bytes + (Math.ceil(bytes / NODE_BYTES) + 2) * NODE_OVERHEAD;
}

class Level {
  links: CID[] = [];
  bytes = 0;

  add(link: CID): void {
    this.links.push(link);
    this.bytes += link.bytes.length + LINK_OVERHEAD;
  }

  takeNode(): Block {
    const bytes = encode(this.links);
    this.links = [];
    this.bytes = 0;
    return { cid: cidOf(DAG_CBOR, bytes), parts: [bytes], length: bytes.length };
  }
}

import type { FileHandle } from 'node:fs/promises';
import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import { blockKey, DAG_CBOR, hashMatches, HEADER_BYTES, linksOf, RAW } from '../../ipld/index.js';
import type { CarId } from '../../shared/index.js';
import { rootOf } from '../cars/platform-check.js';
import { scanSections } from '../cars/section-scan.js';
import type { LocalCarFolder } from '../places/local-car-folder.js';

/** A block of a CAR whose bytes are those that its CID names. */
export interface FoundBlock {
  carId: CarId;
  cid: CID;
  /** First byte of its section, and how long that is. */
  start: number;
  sectionLength: number;
  length: number;
  /** Keys of the blocks that it links to. */
  links: readonly string[];
}

/** What a CAR file says of itself. */
export interface FoundCar {
  id: CarId;
  fileBytes: number;
  /** Where its last whole section ends. */
  end: number;
  /** Named in the header; null: it was never finished. */
  root: CID | null;
  /** Places of each block, in the order of the file: DAGs of one segment may have blocks in common. */
  blocks: Map<string, FoundBlock[]>;
  /** Nodes at the end that only list what is in the CAR (`rootNodes`): they belong to no DAG. */
  listNodes: ReadonlySet<string>;
  /** What those list; null where the header names the root of a DAG, or nothing. */
  members: readonly CID[] | null;
  /** Sections whose bytes are not what their CID says. */
  damaged: number;
}

/** Reads a whole CAR of ours; every block is hashed. @throws what the file system throws */
export async function readFoundCar(folder: LocalCarFolder, id: CarId): Promise<FoundCar> {
  const fileBytes = (await folder.sizeOf(id)) ?? 0;
  const root = await rootOf(folder, id);
  const blocks = new Map<string, FoundBlock[]>();
  const handle = await folder.openForWriting(id);
  let end = Math.min(HEADER_BYTES, fileBytes);
  let listsFrom = end;
  let damaged = 0;
  try {
    for await (const { cid, start, offset, length } of scanSections(handle, HEADER_BYTES, fileBytes)) {
      end = offset + length;
      if (cid.code !== DAG_CBOR) listsFrom = end;
      const bytes = await readFully(handle, offset, length);
      if (!hashMatches(cid, bytes)) {
        damaged += 1;
        continue;
      }
      const links = cid.code === RAW ? [] : linksOf(cid, bytes, 'lenient').map(blockKey);
      const found = { carId: id, cid, start, sectionLength: end - start, length, links };
      const same = blocks.get(blockKey(cid));
      if (same) same.push(found);
      else blocks.set(blockKey(cid), [found]);
    }
    const lists = root && (await readLists(blocks, root, handle, listsFrom));
    return {
      id,
      fileBytes,
      end,
      root,
      blocks,
      listNodes: lists?.listNodes ?? new Set(),
      members: lists?.members ?? null,
      damaged,
    };
  } finally {
    await handle.close();
  }
}

/** The bytes of a block that was found. */
export async function readFoundBlock(folder: LocalCarFolder, block: FoundBlock): Promise<Buffer> {
  const offset = block.start + block.sectionLength - block.length;
  const bytes = await folder.read(block.carId, offset, block.length);
  if (!bytes) throw new Error(`CAR ${block.carId} became shorter while it was read`);
  return bytes;
}

/**
 * The nodes of a root that is a plain list of links, or lists of lists, and what they list; null for a root of another
 * kind. Where such a list is the root of somebody's DAG, what it links to is taken for DAGs.
 */
async function readLists(
  blocks: FoundCar['blocks'],
  root: CID,
  handle: FileHandle,
  listsFrom: number,
): Promise<{ listNodes: Set<string>; members: CID[] } | null> {
  const listNodes = new Set<string>();
  const members: CID[] = [];
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = blockKey(next);
    const block = blocks.get(key)?.at(-1);
    const isList = block !== undefined && block.start >= listsFrom && !listNodes.has(key);
    const links = isList ? await listIn(block, handle) : null;
    if (links) {
      listNodes.add(key);
      for (const link of links.reverse()) pending.push(link);
    } else {
      members.push(next);
    }
  }
  return listNodes.size > 0 ? { listNodes, members } : null;
}

async function listIn({ cid, start, sectionLength, length }: FoundBlock, handle: FileHandle): Promise<CID[] | null> {
  if (cid.code !== DAG_CBOR) return null;
  const value: unknown = dagCbor.decode(await readFully(handle, start + sectionLength - length, length));
  if (!Array.isArray(value) || value.length === 0) return null;
  const links = value.map((item) => CID.asCID(item));
  return links.every((link) => link !== null) ? links : null;
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    filled += bytesRead;
  }
  return buffer;
}

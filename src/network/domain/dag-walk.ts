import { CID } from 'multiformats/cid';
import {
  BlockUndecodable,
  blockLinks,
  type BlockLink,
  CodecUnknown,
  IdentityTooLong,
  isIdentity,
} from '../../ipld/index.js';
import type { DagLimits, FetchedBlock, FetchOptions } from '../ports/ipfs-node.port.js';
import { DagTooLarge, UndecodableBlock, UnsupportedDag } from './network.errors.js';
import { PrefetchWindow, type LoadBlock, type Wanted } from './prefetch-window.js';

export interface WalkOptions {
  /** Reads one block and has verified it. Called for many blocks at once. */
  load: LoadBlock;
  signal: AbortSignal;
  limits?: Partial<DagLimits>;
  /** How many bytes may be on their way ahead of the reader. */
  windowBytes?: number;
}

interface Pending extends Wanted {
  depth: number;
}

const DEFAULT_LIMITS: DagLimits = { bytes: Number.MAX_SAFE_INTEGER, blocks: 4_000_000, depth: 1024 };
/** Links that wait their turn: what a DAG may spread out to, apart from its blocks. */
const MOST_PENDING = 1_000_000;
/** Entries of the stack that are looked at for the next blocks: what was visited meanwhile lies among them. */
const LOOK_AHEAD = 512;

/**
 * Every block under a root once, depth first, parents before children. Loads run ahead of the reader inside a window of
 * bytes; nothing but the root is loaded before somebody asks for the second block. Blocks inside their CID (identity)
 * are followed, and handed out only where one is the root.
 *
 * @throws DagTooLarge, UndecodableBlock, UnsupportedDag, what `load` throws, and the signal's reason.
 */
export async function* walkDag(root: CID, options: WalkOptions): AsyncGenerator<FetchedBlock> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const window = new PrefetchWindow(options.load, options.signal, options.windowBytes);
  const visited = new Set<string>();
  const stack: Pending[] = [{ cid: root, key: keyOf(root), hint: null, depth: 0 }];
  let bytes = 0;
  try {
    for (let next = stack.pop(); next; next = stack.pop()) {
      options.signal.throwIfAborted();
      if (visited.has(next.key)) continue;
      lookAhead(window, next, stack, visited);
      visited.add(next.key);
      const block = isIdentity(next.cid) ? next.cid.multihash.digest : await window.take(next);
      bytes += block.length;
      assertWithin(limits, { bytes, blocks: visited.size, depth: next.depth, pending: stack.length });
      pushLinks(stack, visited, next, block);
      if (!isIdentity(next.cid) || next.depth === 0) yield { cid: next.cid, bytes: block, depth: next.depth };
    }
  } catch (error) {
    // A load that was cut short may call it by another name.
    options.signal.throwIfAborted();
    throw error;
  } finally {
    window.close();
  }
}

/** Starts loading what comes next: the wanted block and those at the top of the stack. */
function lookAhead(window: PrefetchWindow, first: Pending, stack: Pending[], visited: ReadonlySet<string>): void {
  const next = new Set<string>();
  let weight = 0;
  let entry: Pending | undefined = first;
  const bottom = stack.length - LOOK_AHEAD;
  for (let at = stack.length - 1; entry && at >= bottom - 1 && window.fits(next.size, weight); at--) {
    if (!isIdentity(entry.cid) && !visited.has(entry.key)) {
      next.add(entry.key);
      weight += window.weightOf(entry);
      if (!window.has(entry)) window.start(entry);
    }
    entry = stack[at];
  }
  window.trim(next);
}

function pushLinks(stack: Pending[], visited: ReadonlySet<string>, parent: Pending, block: Uint8Array): void {
  const links = new Map<string, Pending>();
  for (const { cid, bytes } of linksIn(parent.cid, block)) {
    const key = keyOf(cid);
    if (!visited.has(key) && !links.has(key)) links.set(key, { cid, key, hint: bytes, depth: parent.depth + 1 });
  }
  for (const link of [...links.values()].reverse()) stack.push(link);
}

/** @throws DagTooLarge that names the first limit that is passed. */
function assertWithin(limits: DagLimits, seen: DagLimits & { pending: number }): void {
  const over =
    seen.bytes > limits.bytes
      ? `${limits.bytes} bytes`
      : seen.blocks > limits.blocks || seen.pending > MOST_PENDING
        ? `${limits.blocks} blocks`
        : seen.depth > limits.depth
          ? `${limits.depth} levels`
          : null;
  if (over !== null)
    throw new DagTooLarge(`the DAG has more than ${over}`, {
      details: { bytes: seen.bytes, blocks: seen.blocks, depth: seen.depth },
    });
}

/** @throws UnsupportedDag, UndecodableBlock: this room's names for what cannot be read. */
function linksIn(cid: CID, bytes: Uint8Array): BlockLink[] {
  try {
    return blockLinks(cid, bytes);
  } catch (error) {
    if (error instanceof CodecUnknown) throw new UnsupportedDag(error.message);
    if (error instanceof BlockUndecodable || error instanceof IdentityTooLong)
      throw new UndecodableBlock(error.message);
    throw error;
  }
}

/** Codec and the first 128 bits of the hash: enough that nobody can make two meet, and half the memory. */
function keyOf(cid: CID): string {
  const digest = isIdentity(cid) ? cid.multihash.digest : cid.multihash.digest.subarray(0, 16);
  return `${cid.code}.${cid.multihash.code}.${Buffer.from(digest).toString('latin1')}`;
}

/** One fetch through some node: what it keeps going between its blocks, and how it gets one, verified. */
export interface BlockSession {
  /** Once, before the first block. */
  open(): void;
  /** One block, verified by its hash; called for many at once. */
  load: LoadBlock;
  /** However the fetch ends. */
  close(): void;
}

/** What `IpfsNode.fetch` promises, for a node that gets blocks one by one. */
export async function* walkSession(
  session: BlockSession,
  root: CID,
  options: FetchOptions,
): AsyncGenerator<FetchedBlock> {
  session.open();
  try {
    yield* walkDag(root, {
      load: (cid, signal) => session.load(cid, signal),
      signal: options.signal,
      ...(options.limits ? { limits: options.limits } : {}),
    });
  } finally {
    session.close();
  }
}

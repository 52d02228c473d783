import { CID } from 'multiformats/cid';
import {
  BlockUndecodable,
  CodecUnknown,
  IdentityTooLong,
  isIdentity,
  type LinkTable,
  readLinks,
} from '../../ipld/index.js';
import { inSlices, pauseIfDue } from '../../shared/index.js';
import type { DagLimits, FetchedBlock, FetchOptions } from '../ports/ipfs-node.port.js';
import { DagTooLarge, UndecodableBlock, UnsupportedDag } from './network.errors.js';
import { PrefetchWindow, type LoadBlock, type Wanted } from './prefetch-window.js';

/** Where a walk gets its blocks, and what it may cost. */
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
/** Bytes of the nodes on one path down: those whose links wait their turn. */
const MOST_OPEN_BYTES = 128 * 1024 ** 2;
/** Links that are looked at for the next blocks: what was visited meanwhile lies among them. */
const LOOK_AHEAD = 512;
/** Links between two pauses. */
const LINKS_PER_STEP = 256;

/** The links of a node whose turn has come; each is made when it is looked at. */
class OpenNode {
  private readonly made: Pending[] = [];
  private next = 0;
  private readonly depth: number;

  constructor(
    private readonly table: LinkTable,
    parent: Pending,
  ) {
    this.depth = parent.depth + 1;
  }

  get weight(): number {
    return this.table.weight;
  }

  /** The link so many places ahead; undefined: there are not so many left. */
  ahead(places: number): Pending | undefined {
    while (this.made.length <= places && this.next < this.table.length) {
      const { cid, bytes } = this.table.at(this.next);
      this.next += 1;
      this.made.push({ cid, key: keyOf(cid), hint: bytes, depth: this.depth });
    }
    return this.made[places];
  }

  /** Takes the next link. */
  shift(): Pending | undefined {
    return this.ahead(0) && this.made.shift();
  }
}

/** What a depth-first reader comes to next: the links of the nodes on its path, the lowest node first. */
class OpenPath {
  /** Bytes of its nodes. */
  weight = 0;
  private readonly nodes: OpenNode[] = [];

  push(node: OpenNode): void {
    this.nodes.push(node);
    this.weight += node.weight;
  }

  /** Takes the next link; undefined: the DAG is over. */
  shift(): Pending | undefined {
    for (let node = this.nodes.at(-1); node; node = this.nodes.at(-1)) {
      const next = node.shift();
      if (next) return next;
      this.nodes.pop();
      this.weight -= node.weight;
    }
    return undefined;
  }

  /** The links that are next, without taking them. */
  *coming(): Generator<Pending> {
    for (let at = this.nodes.length - 1; at >= 0; at--) {
      const node = this.nodes[at] as OpenNode;
      for (let places = 0, next = node.ahead(0); next; next = node.ahead(++places)) yield next;
    }
  }
}

/**
 * Every block under a root once, depth first, parents before children. Loads run ahead of the reader inside a window of
 * bytes; nothing but the root is loaded before somebody asks for the second block. Pauses where others wait for the
 * thread; blocks are kept unchanged until their links are done. Blocks inside their CID (identity)
 * are followed, and handed out only where one is the root.
 *
 * @throws DagTooLarge, UndecodableBlock, UnsupportedDag, what `load` throws, and the signal's reason.
 */
export async function* walkDag(root: CID, options: WalkOptions): AsyncGenerator<FetchedBlock> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const window = new PrefetchWindow(options.load, options.signal, options.windowBytes);
  const visited = new Set<string>();
  const path = new OpenPath();
  let bytes = 0;
  let steps = 0;
  try {
    for (let next: Pending | undefined = rootOf(root); next; next = path.shift()) {
      steps += 1;
      if (steps % LINKS_PER_STEP === 0) await pauseIfDue();
      options.signal.throwIfAborted();
      if (visited.has(next.key)) continue;
      lookAhead(window, next, path, visited);
      visited.add(next.key);
      const block = isIdentity(next.cid) ? next.cid.multihash.digest : await window.take(next);
      bytes += block.length;
      assertWithin(limits, { bytes, blocks: visited.size, depth: next.depth, open: path.weight });
      path.push(new OpenNode(await linksIn(next.cid, block), next));
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

function rootOf(cid: CID): Pending {
  return { cid, key: keyOf(cid), hint: null, depth: 0 };
}

/** Starts loading what comes next: the wanted block and those that follow it. */
function lookAhead(window: PrefetchWindow, first: Pending, path: OpenPath, visited: ReadonlySet<string>): void {
  const next = new Set<string>();
  let weight = 0;
  const want = (entry: Pending): void => {
    if (isIdentity(entry.cid) || visited.has(entry.key) || next.has(entry.key)) return;
    next.add(entry.key);
    weight += window.weightOf(entry);
    if (!window.has(entry)) window.start(entry);
  };
  want(first);
  let looked = 0;
  if (window.fits(next.size, weight)) {
    for (const entry of path.coming()) {
      want(entry);
      looked += 1;
      if (looked === LOOK_AHEAD || !window.fits(next.size, weight)) break;
    }
  }
  window.trim(next);
}

/** @throws DagTooLarge that names the first limit that is passed. */
function assertWithin(limits: DagLimits, seen: DagLimits & { open: number }): void {
  const over =
    seen.bytes > limits.bytes
      ? `${limits.bytes} bytes`
      : seen.blocks > limits.blocks
        ? `${limits.blocks} blocks`
        : seen.depth > limits.depth
          ? `${limits.depth} levels`
          : seen.open > MOST_OPEN_BYTES
            ? `${MOST_OPEN_BYTES} bytes of nodes above one block`
            : null;
  if (over !== null)
    throw new DagTooLarge(`the DAG has more than ${over}`, {
      details: { bytes: seen.bytes, blocks: seen.blocks, depth: seen.depth },
    });
}

/** @throws UnsupportedDag, UndecodableBlock: this room's names for what cannot be read. */
async function linksIn(cid: CID, bytes: Uint8Array): Promise<LinkTable> {
  try {
    return await inSlices(readLinks(cid, bytes, 'strict'));
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

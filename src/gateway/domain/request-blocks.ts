import { LRUCache } from 'lru-cache';
import type { CID } from 'multiformats/cid';
import { blockKey, type LinkTable, nodeKey, RAW, type UnixfsNode } from '../../ipld/index.js';
import { pauseIfDue } from '../../shared/index.js';
import type { Blocks } from './blocks.js';
import { assertReadable, decodeLinks, decodeNode } from './dag-node.js';
import { Unreadable } from './gateway.errors.js';
import { type ReaderMemory, ReadMemory } from './read-memory.js';
import { type SeenBlocks, SeenMemory } from './seen-blocks.js';
import { SharedReads } from './shared-reads.js';

/** A large block costs as much as several small ones. */
const BYTES_PER_STEP = 4 * 1024;
/** What a request has sent buys it further blocks: those of an honest file bring thousands of bytes each. */
const SENT_PER_STEP = 128;
/** Large blocks that are read at once only to be parsed, or to be cut: each is hashed in one go. */
const MOST_AT_ONCE = 4;
/** Blocks that are being cut, of all readers: each is cut into many parts. */
const CUT_BYTES = 24 * 1024 * 1024;
/** Types of files that are remembered. */
const MOST_TYPES = 10_000;
/** A node takes so many bytes for each of its block: positions and sizes beside the bytes themselves. */
const NODE_WEIGHT = 2;

/** What limits the requests of one process together. */
export class GatewayMemory {
  readonly readers: ReadMemory;
  readonly seen: SeenMemory;
  readonly nodes: LRUCache<string, UnixfsNode>;
  readonly links: LRUCache<string, LinkTable>;
  /** What files are by their first bytes, which may be as many blocks. */
  readonly types = new LRUCache<string, string>({ max: MOST_TYPES });
  /** Blocks that are being handed on in parts. */
  readonly cut = new LRUCache<string, Uint8Array>({ maxSize: CUT_BYTES, maxEntrySize: CUT_BYTES });
  /** Nodes and tables that somebody makes right now: others wait for them instead of doing the same. */
  readonly nodeReads = new SharedReads<Made<UnixfsNode> | null>((read) => this.inTurn(read));
  readonly linkReads = new SharedReads<Made<LinkTable> | null>((read) => this.inTurn(read));
  private running = 0;
  private readonly queue: (() => void)[] = [];

  /** In bytes; `blocks` is what one request may read. */
  constructor(readonly limits: { readAhead: number; nodes: number; seen: number; blocks: number }) {
    this.readers = new ReadMemory(limits.readAhead);
    this.seen = new SeenMemory(limits.seen);
    this.nodes = new LRUCache({ maxSize: limits.nodes, maxEntrySize: limits.nodes });
    this.links = new LRUCache({ maxSize: limits.nodes / 2, maxEntrySize: limits.nodes / 2 });
  }

  /** Runs reads that nobody may do all at once, in the order in which they come. */
  async inTurn<T>(read: () => Promise<T>): Promise<T> {
    if (this.running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.running += 1;
    try {
      return await read();
    } finally {
      // Whoever is next takes this place over.
      const next = this.queue.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

/** What was made of a block, and the bytes that it took. */
interface Made<T> {
  value: T;
  bytes: number;
}

/** Where a request's blocks come from. */
export interface BlockSource {
  /** What is on this node; null: it is not. */
  find(cid: CID): Promise<Uint8Array | null>;
  /** Waits for what is not. @throws why it does not come */
  wait(cid: CID): Promise<Uint8Array>;
}

/**
 * The blocks of one request. Each is a step of work, large ones several, and a request has a number of them that grows
 * with what it has sent; it pauses between them where others wait, and ends at the next one when its reader has gone.
 */
export class RequestBlocks implements Blocks {
  private steps = 0;
  private sentBytes = 0;

  constructor(
    private readonly source: BlockSource,
    private readonly shared: GatewayMemory,
    readonly memory: ReaderMemory,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Waits for what is not on this node. @throws Unreadable when the request has used up its steps; why the block does
   * not come; the signal's reason
   */
  async get(cid: CID): Promise<Uint8Array> {
    await this.step(cid);
    return this.charged((await this.source.find(cid)) ?? (await this.source.wait(cid)));
  }

  /** A copy of that part, and the length of the whole block. @throws as `get` */
  async getPart(cid: CID, { start, end }: { start: number; end: number }) {
    await this.step(cid);
    const key = blockKey(cid);
    const bytes = this.shared.cut.get(key) ?? (await this.cutNow(cid, key));
    return { part: Buffer.from(bytes.subarray(start, end)), length: bytes.length };
  }

  /**
   * May be shared with other requests: it is not to be changed. What is known already costs no step. @throws as `get`,
   * and what the decoder throws
   */
  async node(cid: CID): Promise<UnixfsNode> {
    const key = nodeKey(cid);
    const known = this.shared.nodes.get(key);
    if (known) return known;
    // The bytes of a leaf are handed on, each reader's own.
    if (cid.code === RAW) return decodeNode(cid, await this.inTurn(cid));
    return this.made(cid, this.shared.nodeReads, (bytes) => this.decoded(cid, key, bytes));
  }

  /** As `node`. With the bytes at hand (`known`) nothing is read. */
  async links(cid: CID, known?: Uint8Array): Promise<LinkTable> {
    const key = nodeKey(cid);
    const parse = async (bytes: Uint8Array): Promise<LinkTable> => {
      const table = this.shared.links.get(key) ?? (await decodeLinks(cid, bytes));
      this.shared.links.set(key, table, { size: table.weight + 1024 });
      return table;
    };
    const table = this.shared.links.get(key);
    if (table) return table;
    return known ? parse(known) : this.made(cid, this.shared.linkReads, parse);
  }

  /** The type of a file by its bytes: what `sniff` said of it last, or says now. @throws what it throws */
  async typeOf(cid: CID, sniff: () => Promise<string>): Promise<string> {
    const key = nodeKey(cid);
    const type = this.shared.types.get(key) ?? (await sniff());
    this.shared.types.set(key, type);
    return type;
  }

  /** For an export of blocks, each once. It has to be closed. */
  openSeen(): SeenBlocks {
    return this.shared.seen.open();
  }

  /** A body on its way: what it hands on pays for further blocks. */
  async *counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      this.sentBytes += bytes.length;
      yield bytes;
    }
  }

  /** A block that is handed on in parts: read, and checked, once for all of them and for all who are at the same one. */
  private async cutNow(cid: CID, key: string): Promise<Uint8Array> {
    const found = await this.shared.inTurn(async () => {
      this.signal.throwIfAborted();
      return this.shared.cut.get(key) ?? (await this.source.find(cid));
    });
    const bytes = this.charged(found ?? (await this.source.wait(cid)));
    this.shared.cut.set(key, bytes, { size: bytes.length + 1024 });
    return bytes;
  }

  private async decoded(cid: CID, key: string, bytes: Uint8Array): Promise<UnixfsNode> {
    const node = await decodeNode(cid, bytes);
    // Leaves are read once; what leads to others is read for each of them.
    const isInner =
      node.kind === 'directory' || node.kind === 'shard' || (node.kind === 'file' && node.children.length > 0);
    if (isInner) this.shared.nodes.set(key, node, { size: NODE_WEIGHT * bytes.length + 1024 });
    return node;
  }

  /** What a block says, which is made once for all who want it at the same time; each of them is charged for it. */
  private async made<T>(
    cid: CID,
    reads: SharedReads<Made<T> | null>,
    make: (bytes: Uint8Array) => Promise<T>,
  ): Promise<T> {
    await this.step(cid);
    const found = await reads.run(nodeKey(cid), this.signal, async () => {
      const bytes = await this.source.find(cid);
      return bytes && { value: await make(bytes), bytes: bytes.length };
    });
    if (!found) return make(this.charged(await this.source.wait(cid)));
    this.chargeFor(found.bytes);
    return found.value;
  }

  /** A block of this reader alone, few at a time. */
  private async inTurn(cid: CID): Promise<Uint8Array> {
    await this.step(cid);
    const found = await this.shared.inTurn(() => {
      this.signal.throwIfAborted();
      return this.source.find(cid);
    });
    return this.charged(found ?? (await this.source.wait(cid)));
  }

  private async step(cid: CID): Promise<void> {
    assertReadable(cid);
    this.charge(1);
    await this.pause();
  }

  /** Before long work over what is here already. @throws the signal's reason */
  async pause(): Promise<void> {
    const pause = pauseIfDue();
    if (pause) await pause;
    this.signal.throwIfAborted();
  }

  private charged(bytes: Uint8Array): Uint8Array {
    this.chargeFor(bytes.length);
    return bytes;
  }

  /** A block of so many bytes has come. @throws Unreadable, the signal's reason */
  private chargeFor(bytes: number): void {
    this.signal.throwIfAborted();
    this.charge(Math.floor(bytes / BYTES_PER_STEP));
  }

  /** @throws Unreadable */
  private charge(steps: number): void {
    this.steps += steps;
    if (this.steps > this.shared.limits.blocks + this.sentBytes / SENT_PER_STEP)
      throw new Unreadable(`to answer this takes more than ${this.shared.limits.blocks} blocks`);
  }
}

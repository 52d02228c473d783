import { setMaxListeners } from 'node:events';
import type { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';

/** Gets one block, verified by its hash. Rejects when the signal aborts. */
export type LoadBlock = (cid: CID, signal: AbortSignal) => Promise<Uint8Array>;

/** A block that the walk will come to. */
export interface Wanted {
  cid: CID;
  key: string;
  /** What it is said to weigh. */
  hint: number | null;
}

interface Loading {
  bytes: Promise<Uint8Array>;
  /** Bytes buffered, or expected while it is on its way. */
  weight: number;
  abort: AbortController;
}

const MOST_BLOCKS = 128;
/** What bitswap carries at most, and what a block may weigh of which nothing is known. */
const LARGEST = 2 * 1024 ** 2;
const FIRST_GUESS = 1024 ** 2;

/**
 * Blocks on their way ahead of the walk: as many as fit a budget of bytes, judged by what links claim and by the sizes
 * seen so far. What a deeper level pushed out of sight stays, up to twice the budget; then it is dropped and loaded
 * again in its turn.
 */
export class PrefetchWindow {
  private readonly loading = new Map<string, Loading>();
  private readonly closed = new AbortController();
  private readonly expected = { leaf: FIRST_GUESS, node: FIRST_GUESS };
  private buffered = 0;

  constructor(
    private readonly load: LoadBlock,
    private readonly signal: AbortSignal,
    private readonly budget = 32 * 1024 ** 2,
  ) {
    setMaxListeners(Infinity, this.closed.signal);
  }

  /** Whether the next blocks may be one more, when those before it weigh so much together. */
  fits(count: number, weight: number): boolean {
    return count < MOST_BLOCKS && weight < this.budget;
  }

  /** Bytes buffered for it, or expected. */
  weightOf(wanted: Wanted): number {
    const guess = wanted.hint ?? this.expected[kindOf(wanted.cid)];
    return this.loading.get(wanted.key)?.weight ?? Math.min(guess, LARGEST);
  }

  /** True also for a block that is here already and was not taken yet. */
  has(wanted: Wanted): boolean {
    return this.loading.has(wanted.key);
  }

  /** Begins to load what is not loading yet. */
  start(wanted: Wanted): Loading {
    const abort = new AbortController();
    setMaxListeners(Infinity, abort.signal);
    const entry: Loading = {
      abort,
      weight: this.weightOf(wanted),
      bytes: this.load(wanted.cid, AbortSignal.any([this.signal, this.closed.signal, abort.signal])),
    };
    this.loading.set(wanted.key, entry);
    this.buffered += entry.weight;
    entry.bytes.then(
      (bytes) => {
        this.learn(wanted.cid, bytes.length);
        if (this.loading.get(wanted.key) !== entry) return;
        this.buffered += bytes.length - entry.weight;
        entry.weight = bytes.length;
      },
      () => undefined,
    );
    return entry;
  }

  /** The block, which leaves the window. */
  async take(wanted: Wanted): Promise<Uint8Array> {
    const entry = this.loading.get(wanted.key) ?? this.start(wanted);
    try {
      return await entry.bytes;
    } finally {
      this.drop(wanted.key);
    }
  }

  /** Keeps the memory bounded: drops what is not among the next blocks while more than twice the budget is buffered. */
  trim(next: ReadonlySet<string>): void {
    if (this.buffered <= 2 * this.budget) return;
    for (const [key, entry] of this.loading) {
      if (this.buffered <= this.budget) return;
      if (next.has(key)) continue;
      this.drop(key);
      entry.abort.abort(new Error('no longer among the next blocks'));
    }
  }

  /** Aborts every load; nothing may be taken any more. */
  close(): void {
    this.closed.abort(new Error('the walk is over'));
    this.loading.clear();
  }

  /** A large block counts at once, small ones pull the guess down slowly: never far over budget. */
  private learn(cid: CID, bytes: number): void {
    const kind = kindOf(cid);
    this.expected[kind] = bytes > this.expected[kind] ? bytes : this.expected[kind] * 0.9 + bytes * 0.1;
  }

  private drop(key: string): void {
    const entry = this.loading.get(key);
    if (!entry || !this.loading.delete(key)) return;
    this.buffered -= entry.weight;
  }
}

/** Leaves and the nodes above them differ in size by orders of magnitude. */
function kindOf(cid: CID): 'leaf' | 'node' {
  return cid.code === raw.code ? 'leaf' : 'node';
}

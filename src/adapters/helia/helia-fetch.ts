import { setMaxListeners } from 'node:events';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { CID } from 'multiformats/cid';
import { dialable, UnsupportedDag, walkDag, type FetchedBlock, type FetchOptions } from '../../network/index.js';
import type { HeliaNode } from './helia-node.js';

const DIAL_TIMEOUT_MS = 10_000;
/**
 * No block for this long: origins are dialled again and the open wants are told again, in case a message was lost. Twice as long
 * every time; on a slow line at least four times the pause between blocks, so that nothing is asked for twice which is on its way.
 * (Helia's server also forgets a want that it met within 5 s of sending the block: the second time of asking it listens.)
 */
const QUIET_MS = 6_000;
const LONGEST_QUIET_MS = 120_000;
/** sha2-256, sha2-512, identity. */
const KNOWN_HASHES = new Set([0x12, 0x13, 0x00]);

export interface FetcherSettings {
  dialPrivate: boolean;
  quietMs?: number;
}

/** Fetches over bitswap from the origins and from whoever else is connected. */
export async function* fetchDag(node: HeliaNode, root: CID, options: FetchOptions, settings: FetcherSettings): AsyncGenerator<FetchedBlock> {
  const session = new FetchSession(node, options, settings);
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

/** One fetch: its origins, and the wants that are open. */
class FetchSession {
  private readonly done = new AbortController();
  private round = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly firstQuietMs: number;
  private quietMs: number;
  private lastAt = performance.now();
  private readonly connected = new Set<string>();

  constructor(private readonly node: HeliaNode, private readonly options: FetchOptions, private readonly settings: FetcherSettings) {
    this.firstQuietMs = settings.quietMs ?? QUIET_MS;
    this.quietMs = this.firstQuietMs;
    setMaxListeners(Infinity, this.round.signal, this.done.signal);
  }

  open(): void {
    void this.connect();
    this.watch();
  }

  close(): void {
    clearTimeout(this.timer);
    this.done.abort(new Error('the fetch is over'));
    this.round.abort(new Error('the fetch is over'));
  }

  async load(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    if (!KNOWN_HASHES.has(cid.multihash.code)) throw new UnsupportedDag(`${cid.toString()} has hash 0x${cid.multihash.code.toString(16)}, which cannot be verified`);
    const local = await this.options.have(cid);
    if (local !== null) return local;
    for (;;) {
      signal.throwIfAborted();
      const round = this.round.signal;
      try {
        const bytes = await this.node.block(cid, AbortSignal.any([signal, round]));
        this.arrived();
        return bytes;
      } catch (error) {
        signal.throwIfAborted();
        if (this.done.signal.aborted) throw error;
        // The round ended: want it again in the next one. Anything else is a passing fault of the network; not at full speed.
        if (!round.aborted) await pause(1_000, signal);
      }
    }
  }

  private arrived(): void {
    const now = performance.now();
    this.quietMs = Math.min(Math.max(this.firstQuietMs, 4 * (now - this.lastAt)), LONGEST_QUIET_MS);
    this.lastAt = now;
    this.watch();
  }

  /** (Re)starts the clock that ends a round in which nothing comes. */
  private watch(): void {
    clearTimeout(this.timer);
    if (this.done.signal.aborted) return;
    this.timer = setTimeout(() => this.nextRound(), this.quietMs);
  }

  private nextRound(): void {
    const old = this.round;
    this.round = new AbortController();
    setMaxListeners(Infinity, this.round.signal);
    this.quietMs = Math.min(this.quietMs * 2, LONGEST_QUIET_MS);
    old.abort(new Error('no block came; asking again'));
    void this.connect();
    this.watch();
  }

  private async connect(): Promise<void> {
    await Promise.allSettled(this.options.origins.map(async (origin) => {
      const address = await dialable(origin, this.settings.dialPrivate);
      if (address && !this.done.signal.aborted) await this.dial(address);
    }));
  }

  /** Best effort: an origin that cannot be reached is no failure (Pinning Service API 1.0.0, "Provider hints"). */
  private async dial(address: Multiaddr): Promise<void> {
    try {
      if (!this.node.isConnected(address)) await this.node.dial(address, AbortSignal.any([this.done.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]));
      this.count(address);
    } catch {
      return;
    }
  }

  private count(address: Multiaddr): void {
    if (this.connected.has(address.toString())) return;
    this.connected.add(address.toString());
    this.options.onSources?.(this.connected.size);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

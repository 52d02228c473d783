import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CID } from 'multiformats/cid';
import { canVerify } from '../../ipld/index.js';
import { dialable, UnsupportedDag, type BlockSession, type FetchOptions } from '../../network/index.js';
import type { AddressPolicy } from '../../platform/net/index.js';
import { GatewayFallback } from './gateways.js';
import type { HeliaNode } from './helia-node.js';
import type { FoundPeer } from './routing.js';

const DIAL_TIMEOUT_MS = 10_000;
const SEARCH_TIMEOUT_MS = 30_000;
const MOST_FOUND_PEERS = 16;
/**
 * No block for this long: origins are dialled again and the open wants are told again, in case a message was lost.
 * Twice as long every time; on a slow line at least four times the pause between blocks, so that nothing is asked for
 * twice which is on its way.
 */
const QUIET_MS = 6_000;
const LONGEST_QUIET_MS = 120_000;
/**
 * Helia's server lets the first repetition of a want end its record of having sent the block, and answers the second
 * one.
 */
const REPEAT_MS = 1_000;
/** After a passing fault of the network. */
const FAULT_PAUSE_MS = 1_000;

/** What a fetch needs of the node. */
export type FetchingNode = Pick<
  HeliaNode,
  'block' | 'dial' | 'dialFound' | 'gateways' | 'isConnected' | 'peerId' | 'rejoin' | 'search'
>;

/** How every fetch of this node goes about it. */
export interface FetcherSettings {
  /** Which origins may be dialled. */
  policy: AddressPolicy;
  /** After so long without a block a new round begins; 6 s unless told. */
  quietMs?: number;
  /** How long bitswap is waited for before gateways are asked. */
  bitswapFirstMs?: number;
}

/**
 * One fetch: where its blocks may come from, and the wants that are open. Blocks come over bitswap from the origins,
 * from whoever else is connected and from whom the routing systems name; and from gateways while bitswap is silent.
 */
export class HeliaFetchSession implements BlockSession {
  private readonly done = new AbortController();
  private round = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly firstQuietMs: number;
  private quietMs: number;
  private rounds = 0;
  private lastAt = performance.now();
  private bitswapAt = performance.now();
  private searching = false;
  private readonly sources = new Set<string>();
  private readonly tried = new Set<string>();
  private readonly wanted = new Map<string, CID>();
  private readonly gatewayFallback: GatewayFallback | undefined;

  constructor(
    private readonly node: FetchingNode,
    private readonly root: CID,
    private readonly options: FetchOptions,
    private readonly settings: FetcherSettings,
  ) {
    this.firstQuietMs = settings.quietMs ?? QUIET_MS;
    this.quietMs = this.firstQuietMs;
    if (node.gateways)
      this.gatewayFallback = new GatewayFallback(
        node.gateways,
        () => performance.now() - this.bitswapAt,
        settings.bitswapFirstMs,
      );
    setMaxListeners(Infinity, this.round.signal, this.done.signal);
  }

  /** Begins to look for peers. */
  open(): void {
    void this.connect().then(() => (this.sources.size === 0 ? this.search(this.root) : undefined));
    this.watch();
  }

  /** Nothing is dialled or wanted any more. Idempotent. */
  close(): void {
    clearTimeout(this.timer);
    this.done.abort(new Error('the fetch is over'));
    this.round.abort(new Error('the fetch is over'));
  }

  /**
   * One block, verified by its hash. Waits until it comes.
   * @throws UnsupportedDag for a hash that cannot be verified, and when the signal aborts.
   */
  async load(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    if (!canVerify(cid))
      throw new UnsupportedDag(
        `${cid.toString()} has hash 0x${cid.multihash.code.toString(16)} of ${cid.multihash.digest.length} bytes, which cannot be verified`,
      );
    const local = await this.options.have(cid);
    if (local !== null) return local;
    const key = cid.toString();
    this.wanted.set(key, cid);
    try {
      const { gatewayFallback } = this;
      const bytes = gatewayFallback
        ? await this.race(gatewayFallback, cid, signal)
        : await this.overBitswap(cid, signal);
      this.arrived();
      return bytes;
    } finally {
      this.wanted.delete(key);
    }
  }

  /** Bitswap and the gateways at once; who loses is told to stop. */
  private async race(gatewayFallback: GatewayFallback, cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const won = new AbortController();
    const both = AbortSignal.any([signal, won.signal]);
    setMaxListeners(Infinity, both);
    try {
      return await Promise.race([
        this.overBitswap(cid, both),
        gatewayFallback.block(cid, both).then((bytes) => {
          this.count('gateway');
          return bytes;
        }),
      ]);
    } finally {
      won.abort(new Error('the block came another way'));
    }
  }

  /** Wants the block anew in every round, for as long as the signal lets it. */
  private async overBitswap(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    for (;;) {
      signal.throwIfAborted();
      const round = this.round.signal;
      try {
        const bytes = await this.node.block(cid, AbortSignal.any([signal, round]));
        this.bitswapAt = performance.now();
        return bytes;
      } catch (error) {
        signal.throwIfAborted();
        if (this.done.signal.aborted) throw error;
        // The round ended: want it again in the next one. Anything else is a passing fault of the network.
        if (!round.aborted) await sleep(FAULT_PAUSE_MS, undefined, { signal });
      }
    }
  }

  /** A block came: how fast they come says how long silence is ordinary. */
  private arrived(): void {
    const now = performance.now();
    this.quietMs = Math.min(Math.max(this.firstQuietMs, 4 * (now - this.lastAt)), LONGEST_QUIET_MS);
    this.lastAt = now;
    this.rounds = 0;
    this.watch(this.quietMs);
  }

  /** (Re)starts the clock that ends a round in which nothing comes. */
  private watch(ms = this.quietMs): void {
    clearTimeout(this.timer);
    if (this.done.signal.aborted) return;
    this.timer = setTimeout(() => this.nextRound(), ms);
  }

  /** Tells the open wants again, dials origins again, and every other time asks who has the block that is missing. */
  private nextRound(): void {
    const old = this.round;
    this.round = new AbortController();
    setMaxListeners(Infinity, this.round.signal);
    this.rounds += 1;
    old.abort(new Error('no block came; asking again'));
    const again = this.rounds % 2 === 1;
    if (!again) this.quietMs = Math.min(this.quietMs * 2, LONGEST_QUIET_MS);
    void this.connect().then(() => (again ? this.search(this.wanted.values().next().value ?? this.root) : undefined));
    this.watch(again ? Math.min(REPEAT_MS, this.quietMs) : this.quietMs);
  }

  /** Best effort: an origin that cannot be reached is no failure (Pinning Service API 1.0.0, "Provider hints"). */
  private async connect(): Promise<void> {
    await Promise.allSettled(
      this.options.origins.map(async (origin) => {
        const address = await dialable(origin, this.settings.policy);
        if (!address || this.done.signal.aborted) return;
        if (!this.node.isConnected(address)) await this.node.dial(address, this.limited(DIAL_TIMEOUT_MS));
        this.count(address.toString());
      }),
    );
  }

  /**
   * Asks the routing systems who has it, and dials those peers: for the root when no origin answers, and for a block
   * that stalls.
   */
  private async search(cid: CID): Promise<void> {
    if (this.searching || this.done.signal.aborted || !this.node.search.isPossible) return;
    this.searching = true;
    try {
      await this.node.rejoin(this.limited(DIAL_TIMEOUT_MS));
      const dials: Promise<void>[] = [];
      await this.node.search.run(cid, this.limited(SEARCH_TIMEOUT_MS), (peer) => dials.push(this.tryFound(peer)));
      await Promise.all(dials);
    } finally {
      this.searching = false;
    }
  }

  private async tryFound(peer: FoundPeer): Promise<void> {
    if (this.tried.size >= MOST_FOUND_PEERS || this.tried.has(peer.id) || peer.id === this.node.peerId) return;
    this.tried.add(peer.id);
    try {
      await this.node.dialFound(peer, this.limited(DIAL_TIMEOUT_MS));
      this.count(peer.id);
    } catch {
      // It may be reachable by the next search.
      this.tried.delete(peer.id);
    }
  }

  private limited(ms: number): AbortSignal {
    return AbortSignal.any([this.done.signal, AbortSignal.timeout(ms)]);
  }

  private count(source: string): void {
    if (this.sources.has(source) || this.done.signal.aborted) return;
    this.sources.add(source);
    this.options.onSources?.(this.sources.size);
  }
}

import type { CID } from 'multiformats/cid';
import {
  IpfsNode,
  isPublicAddress,
  type Announced,
  type FetchedBlock,
  type FetchOptions,
  type NodeStatus,
  walkSession,
} from '../../network/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import type { KuboCommands, KuboIdentity } from './kubo-commands.js';
import { KuboAnswerBroken, KuboRefused } from './kubo.errors.js';
import { KuboFetchSession } from './kubo-fetch-session.js';

/** What may differ from one Kubo to the other. */
export interface KuboSettings {
  /** Which origins Kubo may be told of; public ones unless told. */
  policy?: AddressPolicy;
}

const MOST_ADDRESSES = 20;
const KNOWN_MS = 30_000;
/** Kubo's words for "I am not to announce anything": by its configuration, or because it is offline. */
const ANNOUNCES_NOTHING = /Provide\.Enabled|offline|online mode|routing.*(none|not (enabled|supported|configured))/i;

/**
 * A Kubo behind the platform's port. It has a store of its own: what peers are to get from us is imported into it and
 * pinned there, a second copy beside the CAR store, which remains the truth.
 */
export class KuboIpfsNode extends IpfsNode {
  private known: { identity: KuboIdentity; at: number } | null = null;
  private systems: { names: string[]; at: number } | null = null;

  constructor(
    readonly kubo: KuboCommands,
    private readonly settings: KuboSettings = {},
  ) {
    super();
  }

  /**
   * Begins with the first step of the iterator. Blocks stay in Kubo's store, unpinned, until its garbage collection.
   */
  fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock> {
    return walkSession(
      new KuboFetchSession(this.kubo, options, this.settings.policy ?? AddressPolicy.PUBLIC_ONLY),
      root,
      options,
    );
  }

  /** The last known while Kubo is away. */
  async addresses(): Promise<string[]> {
    return dialableOf(await this.identity());
  }

  /**
   * Three steps, each of which may find the work done: pinned already; all blocks there already (Kubo fetched them for
   * us); import.
   */
  async provide(
    root: CID,
    blocks: () => AsyncIterable<{ cid: CID; bytes: Uint8Array }>,
    signal: AbortSignal,
  ): Promise<void> {
    if ((await this.kubo.isPinned(root, signal)) || (await this.kubo.pinLocal(root, signal))) return;
    await this.kubo.importBlocks(blocks(), signal);
    if (!(await this.kubo.pinLocal(root, signal)))
      throw new KuboAnswerBroken(`the IPFS node lacks blocks of ${root.toString()} after it took them`);
  }

  /** Unpins; the blocks are left to Kubo's garbage collection. */
  async stopProviding(root: CID, signal: AbortSignal): Promise<void> {
    await this.kubo.unpin(root, signal);
  }

  /** Nobody is told where Kubo's configuration says so, and that is no failure. */
  async announce(root: CID, signal: AbortSignal): Promise<Announced> {
    const routing = (await this.routing(signal)).filter((system) => system === 'dht' || system === 'custom');
    if (routing.length === 0) return { routing };
    try {
      await this.kubo.provide(root, signal);
      return { routing };
    } catch (error) {
      if (error instanceof KuboRefused && ANNOUNCES_NOTHING.test(error.reason)) return { routing: [] };
      throw error;
    }
  }

  /**
   * Peers and routing are what is known, where Kubo answers only in part.
   * @throws while nothing is known of Kubo and it does not answer.
   */
  async status(): Promise<NodeStatus> {
    const identity = await this.identity();
    const signal = AbortSignal.timeout(KNOWN_MS);
    return {
      kind: 'kubo',
      agent: identity.agent,
      peerId: identity.peerId,
      addresses: dialableOf(identity),
      peers: await this.kubo.peers(signal).catch(() => 0),
      routing: await this.routing(signal).catch(() => this.systems?.names ?? []),
    };
  }

  /** @throws while Kubo does not answer. */
  async refresh(signal: AbortSignal): Promise<KuboIdentity> {
    const identity = await this.kubo.identity(signal);
    this.known = { identity, at: performance.now() };
    return identity;
  }

  private async identity(): Promise<KuboIdentity> {
    if (this.known && performance.now() - this.known.at < KNOWN_MS) return this.known.identity;
    return this.refresh(AbortSignal.timeout(KNOWN_MS)).catch((error: unknown) => {
      if (!this.known) throw error;
      return this.known.identity;
    });
  }

  /**
   * What Kubo's configuration says that it asks and tells
   * (https://github.com/ipfs/kubo/blob/master/docs/config.md#routingtype).
   */
  private async routing(signal: AbortSignal): Promise<string[]> {
    if (this.systems && performance.now() - this.systems.at < KNOWN_MS) return this.systems.names;
    const [type, provides] = await Promise.all([
      this.kubo.setting('Routing.Type', signal),
      this.kubo.setting('Provide.Enabled', signal),
    ]);
    const names = provides === false ? [] : systemsOf(typeof type === 'string' ? type : 'auto');
    this.systems = { names, at: performance.now() };
    return names;
  }
}

function systemsOf(type: string): string[] {
  if (type.startsWith('dht')) return ['dht'];
  if (type.startsWith('auto') || type === '') return ['dht', 'delegated'];
  if (type === 'none') return [];
  return [type];
}

/** Public ones, of relays too; without any, all: a node on loopback or inside a network. */
function dialableOf({ peerId, addresses }: KuboIdentity): string[] {
  const direct = addresses.filter(isPublicAddress);
  const named = addresses.filter((address) => address.getComponents()[0]?.name.startsWith('dns'));
  const chosen = direct.length + named.length > 0 ? [...direct, ...named] : addresses;
  const texts = chosen
    .map((address) => address.toString())
    .map((text) => (text.endsWith(`/p2p/${peerId}`) ? text : `${text}/p2p/${peerId}`));
  return texts.sort((a, b) => rank(a) - rank(b)).slice(0, MOST_ADDRESSES);
}

/** What everybody speaks first, relays last. */
function rank(address: string): number {
  if (address.includes('/p2p-circuit')) return 2;
  return /^\/[^/]+\/[^/]+\/tcp\/\d+\/p2p\//.test(address) ? 0 : 1;
}

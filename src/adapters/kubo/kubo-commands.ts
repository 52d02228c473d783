import type { Multiaddr } from '@multiformats/multiaddr';
import { create, type KuboRPCClient } from 'kubo-rpc-client';
import type { CID } from 'multiformats/cid';
import { z } from 'zod';
import { messageOf } from '../../shared/index.js';
import { carForm } from './car-form.js';
import { KuboAnswerBroken, KuboForbidden, KuboRefused, KuboUnreachable, KuboWrongBytes } from './kubo.errors.js';
import { codeOf, KuboRpc, type KuboEndpoint } from './kubo-rpc.js';

/** What `id` answers. */
export interface KuboIdentity {
  peerId: string;
  agent: string;
  addresses: Multiaddr[];
}

/** Under which Kubo lists our pins (`ipfs pin ls --names`). */
const PIN_NAME = 'tidewater';
const SHORT_MS = 10_000;
/** What bitswap can carry, and our CARs. */
const MOST_BLOCK_BYTES = 4 * 1024 ** 2;
const importStats = z.object({ Stats: z.object({ BlockCount: z.number() }) });
const peerList = z.object({ Peers: z.array(z.unknown()).nullish() });
const traffic = z.object({ DataSent: z.number() });

/**
 * What we ask of Kubo, one method per command, failures named (`ERR_IPFS_NODE_*`). kubo-rpc-client where an answer is
 * one piece, our own transport where it is a stream (`KuboRpc`).
 */
export class KuboCommands {
  private readonly rpc: KuboRpc;
  private readonly client: KuboRPCClient;

  constructor(endpoint: KuboEndpoint) {
    this.rpc = new KuboRpc(endpoint);
    this.client = create({ url: this.rpc.base, headers: { ...this.rpc.headers } });
  }

  /** Who Kubo is; at most 10 s. @throws KuboUnreachable, KuboForbidden, KuboRefused */
  async identity(signal: AbortSignal): Promise<KuboIdentity> {
    const { id, agentVersion, addresses } = await this.short('id', signal, (within) =>
      this.client.id({ signal: within }),
    );
    return { peerId: id.toString(), agent: agentVersion, addresses };
  }

  /** A part of Kubo's configuration; null where it says nothing. */
  async setting(name: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.short('config', signal, (within) => this.client.config.get(name, { signal: within }));
    } catch (error) {
      if (error instanceof KuboRefused) return null;
      throw error;
    }
  }

  /** Whether there is a connection now (`swarm/connect`, at most 10 s). Never fails: false, whatever the reason. */
  async connect(address: Multiaddr, signal: AbortSignal): Promise<boolean> {
    return this.short('swarm/connect', signal, (within) => this.client.swarm.connect(address, { signal: within })).then(
      () => true,
      () => false,
    );
  }

  /** How many Kubo is connected to. */
  async peers(signal: AbortSignal): Promise<number> {
    const [answer] = await this.rpc.objects('swarm/peers', {}, { signal, timeoutMs: SHORT_MS });
    return peerList.safeParse(answer).data?.Peers?.length ?? 0;
  }

  /**
   * Bytes of blocks that Kubo has sent to peers since it started (`stats/bitswap`): smaller after a restart. 0 where
   * the answer names none. @throws KuboUnreachable, KuboForbidden, KuboRefused, KuboAnswerBroken
   */
  async sentBytes(signal: AbortSignal): Promise<number> {
    const [answer] = await this.rpc.objects('stats/bitswap', {}, { signal, timeoutMs: SHORT_MS });
    return traffic.safeParse(answer).data?.DataSent ?? 0;
  }

  /**
   * A block from Kubo's store or from whoever has it. Waits until it comes or the signal aborts. The caller checks its
   * hash.
   */
  block(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    return this.rpc.bytes(
      'block/get',
      { arg: cid.toString() },
      { signal, idleTimeoutMs: { first: 0, next: 30_000 }, mostBytes: MOST_BLOCK_BYTES },
    );
  }

  /** The failure's name for what a caller of `block` found. */
  wrongBytes(cid: CID): KuboWrongBytes {
    return new KuboWrongBytes(`the IPFS node gave other bytes than those of ${cid.toString()}`);
  }

  /** Asks Kubo's list of pins, not its blocks: what is pinned is complete. */
  async isPinned(root: CID, signal: AbortSignal): Promise<boolean> {
    try {
      await this.rpc.objects(
        'pin/ls',
        { arg: root.toString(), type: 'recursive' },
        { signal, timeoutMs: 6 * SHORT_MS },
      );
      return true;
    } catch (error) {
      if (error instanceof KuboRefused && /not pinned/i.test(error.reason)) return false;
      throw error;
    }
  }

  /** Pins what lies in Kubo's store already; false when a block of it is missing there. Asks nobody else. */
  async pinLocal(root: CID, signal: AbortSignal): Promise<boolean> {
    try {
      await this.rpc.objects(
        'pin/add',
        { arg: root.toString(), recursive: true, offline: true, progress: true, name: PIN_NAME },
        { signal },
      );
      return true;
    } catch (error) {
      if (error instanceof KuboRefused && /not found|could not find/i.test(error.reason)) return false;
      throw error;
    }
  }

  /** Not pinned is as good as unpinned. */
  async unpin(root: CID, signal: AbortSignal): Promise<void> {
    try {
      await this.rpc.objects('pin/rm', { arg: root.toString(), recursive: true }, { signal, timeoutMs: 6 * SHORT_MS });
    } catch (error) {
      if (!(error instanceof KuboRefused && /not pinned/i.test(error.reason))) throw error;
    }
  }

  /**
   * Writes blocks into Kubo's store. Nothing is pinned: with pin-roots Kubo waits for ever for a block that the CAR
   * lacks, offline or not.
   * @throws when Kubo did not take every block, and what `blocks` throws.
   */
  async importBlocks(blocks: AsyncIterable<{ cid: CID; bytes: Uint8Array }>, signal: AbortSignal): Promise<void> {
    const form = carForm(blocks);
    const query = { 'pin-roots': false, stats: true, 'allow-big-block': true, 'fast-provide-root': false };
    const answer = await this.rpc.objects('dag/import', query, {
      signal,
      form,
      idleTimeoutMs: { first: 300_000, next: 60_000 },
    });
    const counts = answer.flatMap((object) => importStats.safeParse(object).data?.Stats.BlockCount ?? []);
    if (counts.at(-1) !== form.sent())
      throw new KuboAnswerBroken(`the IPFS node took ${counts.at(-1) ?? 'no'} blocks where ${form.sent()} were sent`);
  }

  /** Tells the routing systems of Kubo. Kubo answers when the last of them has been told: minutes on a large DHT. */
  async provide(root: CID, signal: AbortSignal): Promise<void> {
    await this.rpc.objects(
      'routing/provide',
      { arg: root.toString() },
      { signal, idleTimeoutMs: { first: 120_000, next: 120_000 } },
    );
  }

  /** Calls that still run fail. */
  async close(): Promise<void> {
    await this.rpc.close();
  }

  /** A call of kubo-rpc-client under a time limit, for its own has no effect; its failures named. */
  private async short<T>(command: string, signal: AbortSignal, call: (within: AbortSignal) => Promise<T>): Promise<T> {
    const late = AbortSignal.timeout(SHORT_MS);
    try {
      return await call(AbortSignal.any([signal, late]));
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw new KuboUnreachable(`the IPFS node did not finish ${command} in ${SHORT_MS / 1000} s`);
      throw nameClientError(command, error);
    }
  }
}

function nameClientError(command: string, error: unknown): KuboForbidden | KuboRefused | KuboUnreachable {
  const response: unknown =
    typeof error === 'object' && error !== null && 'response' in error ? error.response : undefined;
  if (response instanceof Response) {
    if (response.status === 401 || response.status === 403)
      return new KuboForbidden(`the IPFS node does not let us use ${command}: HTTP ${response.status}`);
    const fromKubo = (response.headers.get('content-type') ?? '').startsWith('application/json');
    return fromKubo || response.status < 500
      ? new KuboRefused(command, messageOf(error))
      : new KuboUnreachable(`the IPFS node answers HTTP ${response.status} to ${command}`);
  }
  return new KuboUnreachable(`the IPFS node cannot be reached for ${command}: ${codeOf(error)}`, { cause: error });
}

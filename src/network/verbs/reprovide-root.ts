import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { HotBlocks } from '../../storage/index.js';
import { messageOf } from '../../shared/index.js';
import { walkDag } from '../domain/dag-walk.js';
import { IdleTimeout } from '../domain/idle-timeout.js';
import { BlockNotHere } from '../domain/network.errors.js';
import type { ProvideOutcome, ProviderRecord } from '../domain/provider-record.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';

/** The DHT takes its time; handing blocks to a node may take hours, but not stand still. */
const IDLE_TIMEOUT_MS = 120_000;
/** Blocks that are read ahead of a node that wants to be handed them. */
const WINDOW_BYTES = 2 * 1024 ** 2;

/** What is true of a root now, as against what its record says. */
export interface RootToday {
  hot: boolean;
  /** Peer id of the node that there is now. */
  node: string;
}

/**
 * Makes our node provide what is true of one root: provides and announces what is hot, stops providing what is
 * not.
 */
@Injectable()
export class ReprovideRoot {
  constructor(
    private readonly node: IpfsNode,
    private readonly blocks: HotBlocks,
  ) {}

  /** Never fails: the outcome says what happened. */
  async run(record: ProviderRecord, today: RootToday, signal: AbortSignal): Promise<ProvideOutcome> {
    const progress = { providedBy: today.hot && record.node === today.node ? record.node : null };
    try {
      signal.throwIfAborted();
      const root = CID.parse(record.root);
      if (today.hot) return await this.provide(root, today.node, progress, signal);
      // First the mark, then the truth again, then the node: an upload that comes in between finds the mark.
      if (record.state !== 'withdrawing') return { kind: 'unwanted' };
      await withIdleTimeout(signal, (idle) => this.node.stopProviding(root, idle.signal));
      return { kind: 'stopped' };
    } catch (error) {
      return signal.aborted
        ? { kind: 'released' }
        : { kind: 'failed', error: messageOf(error), providedBy: progress.providedBy };
    }
  }

  private async provide(
    root: CID,
    peerId: string,
    progress: { providedBy: string | null },
    signal: AbortSignal,
  ): Promise<ProvideOutcome> {
    if (progress.providedBy === null) {
      await withIdleTimeout(signal, (idle) => this.node.provide(root, () => this.read(root, idle), idle.signal));
      progress.providedBy = peerId;
    }
    const { routing } = await withIdleTimeout(signal, (idle) => this.node.announce(root, idle.signal));
    return { kind: 'announced', node: peerId, routing };
  }

  private async *read(root: CID, idle: IdleTimeout): AsyncGenerator<{ cid: CID; bytes: Uint8Array }> {
    const load = async (cid: CID): Promise<Uint8Array> => {
      const bytes = await this.blocks.get(cid);
      if (!bytes) throw new BlockNotHere(`block ${cid.toString()} of ${root.toString()} is not here`);
      return bytes;
    };
    for await (const block of walkDag(root, { load, signal: idle.signal, windowBytes: WINDOW_BYTES })) {
      idle.progress();
      yield block;
    }
  }
}

async function withIdleTimeout<T>(signal: AbortSignal, work: (idle: IdleTimeout) => Promise<T>): Promise<T> {
  const idle = new IdleTimeout(IDLE_TIMEOUT_MS, signal);
  try {
    return await work(idle);
  } finally {
    idle.end();
  }
}

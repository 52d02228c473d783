import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { HotBlocks } from '../../content/index.js';
import { messageOf } from '../../shared/index.js';
import type { Announcement, AnnouncementOutcome } from '../domain/announcement.js';
import { walkDag } from '../domain/dag-walk.js';
import { BlockNotHere } from '../domain/network.errors.js';
import { Patience } from '../domain/patience.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';

/** The DHT takes its time; a hold may take hours, but not stand still. */
const PATIENCE_MS = 120_000;
/** Blocks that are read ahead of a node that wants to be handed them. */
const WINDOW_BYTES = 2 * 1024 ** 2;

export interface RootToday {
  hot: boolean;
  /** Peer id of the node that there is now. */
  node: string;
}

/** Brings our node into line with the truth for one root: holds and announces what is hot, withdraws what is not. */
@Injectable()
export class AnnounceRoot {
  constructor(
    private readonly node: IpfsNode,
    private readonly blocks: HotBlocks,
  ) {}

  /** Never fails: the outcome says what happened. */
  async run(row: Announcement, today: RootToday, signal: AbortSignal): Promise<AnnouncementOutcome> {
    const progress = { heldBy: today.hot && row.node === today.node ? row.node : null };
    try {
      signal.throwIfAborted();
      const root = CID.parse(row.root);
      if (today.hot) return await this.tell(root, today.node, progress, signal);
      // First the mark, then the truth again, then the node: an upload that comes in between finds the mark.
      if (row.state !== 'withdrawing') return { kind: 'unwanted' };
      await this.patiently(signal, ({ signal: bounded }) => this.node.withdraw(root, bounded));
      return { kind: 'withdrawn' };
    } catch (error) {
      return signal.aborted
        ? { kind: 'released' }
        : { kind: 'failed', error: messageOf(error), heldBy: progress.heldBy };
    }
  }

  private async tell(
    root: CID,
    peerId: string,
    progress: { heldBy: string | null },
    signal: AbortSignal,
  ): Promise<AnnouncementOutcome> {
    if (progress.heldBy === null) {
      await this.patiently(signal, (patience) =>
        this.node.hold(root, () => this.read(root, patience), patience.signal),
      );
      progress.heldBy = peerId;
    }
    const { routing } = await this.patiently(signal, (patience) => this.node.announce(root, patience.signal));
    return { kind: 'announced', node: peerId, routing };
  }

  private async *read(root: CID, patience: Patience): AsyncGenerator<{ cid: CID; bytes: Uint8Array }> {
    const load = async (cid: CID): Promise<Uint8Array> => {
      const bytes = await this.blocks.get(cid);
      if (!bytes) throw new BlockNotHere(`block ${cid.toString()} of ${root.toString()} is not here`);
      return bytes;
    };
    for await (const block of walkDag(root, { load, signal: patience.signal, windowBytes: WINDOW_BYTES })) {
      patience.progress();
      yield block;
    }
  }

  private async patiently<T>(signal: AbortSignal, work: (patience: Patience) => Promise<T>): Promise<T> {
    const patience = new Patience(PATIENCE_MS, signal);
    try {
      return await work(patience);
    } finally {
      patience.end();
    }
  }
}

import { Injectable } from '@nestjs/common';
import { HotRoots } from '../../content/index.js';
import { AnnouncementUpkeep } from '../ports/announcement-upkeep.port.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';
import { HoldRoots } from './hold-roots.js';
import { WithdrawRoots } from './withdraw-roots.js';

const PAGE = 5_000;

/**
 * Events get lost, and data is older than this room: the book is compared with what is hot, one page of each per run, from where the
 * last run (of whichever process) ended. A million roots take half an hour, and no run takes longer for it.
 */
@Injectable()
export class SweepAnnouncements {
  constructor(
    private readonly hot: HotRoots,
    private readonly upkeep: AnnouncementUpkeep,
    private readonly hold: HoldRoots,
    private readonly withdraw: WithdrawRoots,
    private readonly node: IpfsNode,
  ) {}

  async run(): Promise<void> {
    await this.upkeep.addUp();
    await this.walk(
      'hot roots',
      (after) => this.hot.page(after, PAGE),
      (roots) => this.hold.run(roots),
    );
    await this.walk(
      'announcements',
      (after) => this.upkeep.page(after, PAGE),
      (roots) => this.withdraw.run(roots),
    );
    await this.followNode();
  }

  private async walk(
    name: string,
    read: (after: bigint) => Promise<{ roots: string[]; next: bigint | null }>,
    compare: (roots: string[]) => Promise<number>,
  ): Promise<void> {
    const { roots, next } = await read(await this.upkeep.position(name));
    await compare(roots);
    await this.upkeep.move(name, next ?? 0n);
  }

  /** Another node than before, or one that has found routing. */
  private async followNode(): Promise<void> {
    const status = await this.node.status();
    await this.upkeep.orphan(status.peerId, PAGE);
    if (status.routing.length > 0) await this.upkeep.wakeUntold(PAGE);
  }
}

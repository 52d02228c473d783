import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Schedules } from '../../platform/queue/index.js';
import { DelegateBoard } from '../ports/delegate-board.port.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';
import { AnnounceRoots } from '../verbs/announce-roots.js';
import { SweepAnnouncements } from '../verbs/sweep-announcements.js';

const PUBLISH_MS = 30_000;
/** The rows are the queue: looking for due ones is one read of an index. */
const ANNOUNCE_MS = 1_000;
const SWEEP_MS = 10_000;

@Injectable()
export class NetworkSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly node: IpfsNode,
    private readonly board: DelegateBoard,
    private readonly announce: AnnounceRoots,
    private readonly sweep: SweepAnnouncements,
  ) {}

  onModuleInit(): void {
    this.schedules.every('network.publish-status', PUBLISH_MS, async () =>
      this.board.publish(await this.node.status()),
    );
    this.schedules.every('network.announce', ANNOUNCE_MS, (signal) => this.announce.run(signal));
    this.schedules.every('network.sweep', SWEEP_MS, () => this.sweep.run());
  }
}

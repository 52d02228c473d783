import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Schedules } from '../../platform/queue/index.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';
import { IpfsNodeRegistry } from '../store/ipfs-node-registry.store.js';
import { Reprovider } from '../verbs/reprovider.js';
import { SweepProviderRecords } from '../verbs/sweep-provider-records.js';

const PUBLISH_MS = 30_000;
/** The records are the queue: looking for due ones is one read of an index. */
const REPROVIDE_MS = 1_000;
const SWEEP_MS = 10_000;

/**
 * What this room does by itself, in the process that has the IPFS node. A run never overlaps itself; a failed one is
 * logged, and the next comes.
 */
@Injectable()
export class NetworkSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly node: IpfsNode,
    private readonly registry: IpfsNodeRegistry,
    private readonly reprovider: Reprovider,
    private readonly sweepProviderRecords: SweepProviderRecords,
  ) {}

  /**
   * Three runs, each by itself: what our node is (30 s after the last one ended), the work that is due (1 s), the
   * comparison (10 s).
   */
  onModuleInit(): void {
    this.schedules.every('network.publish-status', PUBLISH_MS, async () =>
      this.registry.publish(await this.node.status()),
    );
    this.schedules.every('network.reprovide', REPROVIDE_MS, (signal) => this.reprovider.run(signal));
    this.schedules.every('network.sweep', SWEEP_MS, () => this.sweepProviderRecords.run());
  }
}

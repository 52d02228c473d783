import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { RoomQueue, roomQueueToken, Schedules } from '../../platform/queue/index.js';
import { SweepPieces } from '../verbs/sweep-pieces.js';
import { TrackDeals } from '../verbs/track-deals.js';
import { dealsQueue, piecesQueue } from './deals.queues.js';

/** The sweeps: they read rows and need nobody to remember anything. */
@Injectable()
export class DealsSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    @Inject(roomQueueToken(piecesQueue)) private readonly commits: RoomQueue<typeof piecesQueue.jobs>,
    @Inject(roomQueueToken(dealsQueue)) private readonly replications: RoomQueue<typeof dealsQueue.jobs>,
    private readonly sweepPieces: SweepPieces,
    private readonly trackDeals: TrackDeals,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    const everyMs = this.config.values.DEALS_CHECK_SECONDS * 1000;
    this.schedules.every('deals.sweep-pieces', everyMs, () => this.sweep());
    this.schedules.every('deals.track', everyMs, (signal) => this.trackDeals.run(signal));
  }

  private async sweep(): Promise<void> {
    const { commit, replicate } = await this.sweepPieces.run();
    if (commit.length > 0) await this.commits.addMany('commit', commit);
    if (replicate.length > 0) await this.replications.addMany('replicate', replicate);
  }
}

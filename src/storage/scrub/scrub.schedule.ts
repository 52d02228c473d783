import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { HideDead } from '../cars/hide-dead.js';
import { PostgresCopyStore } from '../store/postgres-copy.store.js';
import { ScrubPlan } from './scrub-plan.js';
import { Scrubber } from './scrubber.js';

/** What no miner could give back is asked for again so often: somebody may hold it by now. */
const ASK_AGAIN_MS = 3_600_000;
/** What other nodes gave up, and what a removal could not finish. */
const HIDE_MS = 600_000;

/** In the worker of each node: the scrub, what it could not mend, and its figures. */
@Injectable()
export class ScrubSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly scrubber: Scrubber,
    private readonly plan: ScrubPlan,
    private readonly copies: PostgresCopyStore,
    private readonly hideDead: HideDead,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.schedules.every('storage.scrub', this.plan.lookMs, (signal) => this.scrubber.run(signal));
    this.schedules.every('storage.ask-for-damaged', ASK_AGAIN_MS, () => this.copies.announceDamaged());
    this.schedules.every('storage.hide-dead', HIDE_MS, () => this.hideDead.runAll());
    this.metrics.onScrape(() => this.figures());
  }

  private async figures(): Promise<void> {
    const { copies, damaged, unread, oldest, dags } = await this.copies.figures();
    const age = oldest === null ? 0 : this.plan.ageOf(oldest);
    const gauge = (name: string, help: string, value: number) => this.metrics.gauge(name, help, value);
    gauge('tidewater_storage_copies', 'Sealed CARs on this node', copies);
    gauge('tidewater_storage_copies_damaged', 'Sealed CARs on this node that are not what was sealed', damaged);
    gauge('tidewater_storage_copies_unread', 'Sealed CARs on this node that the scrub has not read yet', unread);
    gauge('tidewater_storage_dags_damaged', 'DAGs that are cold by damage, and not back yet', dags);
    gauge('tidewater_storage_scrub_oldest_seconds', 'Since the CAR was read that waits longest', age);
  }
}

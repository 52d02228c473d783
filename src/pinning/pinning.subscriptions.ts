import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentDeleted } from '../content/index.js';
import { EventSubscribers } from '../platform/outbox/index.js';
import { Schedules } from '../platform/queue/index.js';
import { contentId } from '../shared/index.js';
import { PinStore } from './requests/pin-store.port.js';
import { PinCounts } from './requests/pin-counts.port.js';
import { SweepPins } from './scheduler/sweep-pins.js';
import { PinScheduler } from './scheduler/pin-scheduler.js';

const SWEEP_MS = 5_000;
/** It runs until the process ends, and again this soon after it failed. */
const TEND_AGAIN_MS = 1_000;
const FOLD_MS = 1_000;
/** More than can change in that time. */
const FOLD_MOST = 50_000;

@Injectable()
export class PinningSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly subscribers: EventSubscribers,
    private readonly sweep: SweepPins,
    private readonly tend: PinScheduler,
    private readonly pins: PinStore,
    private readonly counts: PinCounts,
  ) {}

  onModuleInit(): void {
    this.schedules.every('pinning.tend', TEND_AGAIN_MS, (signal) => this.tend.run(signal));
    this.schedules.every('pinning.fold', FOLD_MS, () => this.counts.fold(FOLD_MOST));
    this.schedules.every('pinning.sweep', SWEEP_MS, () => this.sweep.run());
    this.subscribers.subscribe('pinning.forget-deleted-content', contentDeleted, ({ payload }) =>
      this.pins.removeOf(contentId(payload.contentId)),
    );
  }
}

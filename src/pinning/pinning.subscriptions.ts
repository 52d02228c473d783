import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentDeleted } from '../content/index.js';
import { Notifications } from '../platform/notifications/index.js';
import { EventSubscribers } from '../platform/outbox/index.js';
import { Schedules } from '../platform/queue/index.js';
import { contentId } from '../shared/index.js';
import { PINS_DUE_CHANNEL } from './pinning.events.js';
import { PinRegistry } from './requests/pin-registry.js';
import { PinScheduler } from './scheduler/pin-scheduler.js';
import { SweepPins } from './scheduler/sweep-pins.js';

const SWEEP_MS = 5_000;
/** It runs until the process ends, and again this soon after it failed. */
const SCHEDULER_AGAIN_MS = 1_000;
const FOLD_MS = 1_000;

/** What the worker process does by itself, and what it reacts to. */
@Injectable()
export class PinningSubscriptions implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly subscribers: EventSubscribers,
    private readonly notifications: Notifications,
    private readonly registry: PinRegistry,
    private readonly sweepPins: SweepPins,
    private readonly pinScheduler: PinScheduler,
  ) {}

  /** Three schedules, a wake-up and one event. A wake-up that is lost costs a second at most. */
  onModuleInit(): void {
    this.schedules.every('pinning.scheduler', SCHEDULER_AGAIN_MS, (signal) => this.pinScheduler.run(signal));
    this.schedules.every('pinning.fold', FOLD_MS, () => this.sweepPins.fold());
    this.schedules.every('pinning.sweep', SWEEP_MS, () => this.sweepPins.run());
    this.notifications.subscribe(PINS_DUE_CHANNEL, () => this.pinScheduler.wake());
    this.subscribers.subscribe('pinning.forget-deleted-content', contentDeleted, ({ payload }) =>
      this.registry.forgetContent(contentId(payload.contentId)),
    );
  }
}

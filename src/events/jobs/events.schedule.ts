import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AppLogger } from '../../platform/logging/index.js';
import { Notifications } from '../../platform/notifications/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { messageOf } from '../../shared/index.js';
import { ACCOUNT_EVENTS_CHANNEL } from '../domain/account-event.js';
import { DeliverWebhooks } from '../verbs/deliver-webhooks.js';
import { ForgetEvents } from '../verbs/forget-events.js';

const DELIVER_MS = 1_000;
const FORGET_MS = 600_000;

/** Deliveries as events commit, and each second those whose time has come; what is old is forgotten. */
@Injectable()
export class EventsSchedule implements OnModuleInit, OnModuleDestroy {
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly schedules: Schedules,
    private readonly notifications: Notifications,
    private readonly deliverWebhooks: DeliverWebhooks,
    private readonly forgetEvents: ForgetEvents,
    private readonly logger: AppLogger,
  ) {}

  onModuleInit(): void {
    this.unsubscribe = this.notifications.subscribe(ACCOUNT_EVENTS_CHANNEL, () => {
      // The next second makes up for it.
      this.deliverWebhooks
        .run()
        .catch((error: unknown) => this.logger.warn({ error: messageOf(error) }, 'deliveries wait'));
    });
    this.schedules.every('events.deliver', DELIVER_MS, () => this.deliverWebhooks.run());
    this.schedules.every('events.forget', FORGET_MS, (signal) => this.forgetEvents.run(signal));
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
  }
}

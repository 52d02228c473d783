import { Module } from '@nestjs/common';
import { AccountsModule, LivingKeys } from '../accounts/index.js';
import { ContentModule } from '../content/index.js';
import { EventsController } from './http/events.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { EventsSchedule } from './jobs/events.schedule.js';
import { EventsSubscriptions } from './jobs/events.subscriptions.js';
import { PostgresAccountEventStore } from './store/postgres-account-event.store.js';
import { PostgresWebhookStore } from './store/postgres-webhook.store.js';
import { DeliverWebhooks } from './verbs/deliver-webhooks.js';
import { EventStreams } from './verbs/event-streams.js';
import { ForgetEvents } from './verbs/forget-events.js';
import { RecordAccountEvents } from './verbs/record-account-events.js';
import { WebhookRegistry } from './verbs/webhook-registry.js';

const stores = [PostgresAccountEventStore, PostgresWebhookStore];

/** Reading events and keeping webhooks; in the API process alone. */
@Module({
  imports: [AccountsModule],
  providers: [...stores, LivingKeys, EventStreams, WebhookRegistry],
  controllers: [EventsController, WebhooksController],
})
export class EventsHttpModule {}

/** Writing events and sending them; in the worker alone. */
@Module({
  imports: [AccountsModule, ContentModule],
  providers: [...stores, RecordAccountEvents, DeliverWebhooks, ForgetEvents, EventsSubscriptions, EventsSchedule],
})
export class EventsJobsModule {}

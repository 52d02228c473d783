import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/index.js';
import { DeliverEvents } from './deliver-events.js';
import { DispatchEvents } from './dispatch-events.js';
import { EventsProcessor } from './events.processor.js';
import { eventsQueue } from './events.queue.js';
import { OutboxMetrics } from './outbox.metrics.js';
import { OutboxRelay } from './outbox-relay.js';
import { PostgresOutboxStore } from './postgres-outbox.store.js';

/** From the outbox to the subscribers; worker only. */
@Module({
  imports: [QueueModule.register(eventsQueue)],
  providers: [PostgresOutboxStore, DispatchEvents, DeliverEvents, EventsProcessor, OutboxRelay, OutboxMetrics],
})
export class OutboxJobsModule {}

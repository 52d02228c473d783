export { defineEvent, type EventDefinition, type EventEnvelope } from './define-event.js';
export { EventSubscribers, type Subscription } from './event-subscribers.js';
export { OUTBOX_CHANNEL, Outbox } from './outbox.js';
export { OutboxJobsModule } from './outbox.module.js';

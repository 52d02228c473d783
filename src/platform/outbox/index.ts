export { defineEvent, type EventDefinition, type EventEnvelope } from './define-event.js';
export { EventSubscribers, type Subscription } from './event-subscribers.js';
export { Outbox } from './outbox.js';
export { OUTBOX_CHANNEL } from './outbox.sql.js';
export { OutboxJobsModule } from './outbox.module.js';

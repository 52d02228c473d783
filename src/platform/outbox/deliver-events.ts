import { Injectable } from '@nestjs/common';
import { DomainError, messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { Metrics } from '../metrics/index.js';
import { EventSubscribers, type Subscription } from './event-subscribers.js';
import { PostgresOutboxStore, type PendingEvent } from './postgres-outbox.store.js';

/** Some events of a job were not handled; they still wait in the outbox. */
export class DeliveryFailed extends DomainError {
  readonly code = 'ERR_EVENT_DELIVERY_FAILED';
  override readonly retryable = true;
}

/**
 * Hands events to one subscriber, in the order of their ids. One that fails does not keep the others back; only it is
 * tried again. At least once: a crash between handling and writing that down delivers again, so subscribers are
 * idempotent by the event's id.
 */
@Injectable()
export class DeliverEvents {
  constructor(
    private readonly store: PostgresOutboxStore,
    private readonly subscribers: EventSubscribers,
    private readonly logger: AppLogger,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Handles those of `ids` that this subscriber has not handled yet, one after the other. What was handled is written
   * down even when the rest fails or `signal` aborts. @throws DeliveryFailed when at least one event was not handled.
   */
  async run(command: { subscriber: string; ids: string[] }, signal: AbortSignal): Promise<void> {
    const handled: string[] = [];
    let failed = 0;
    try {
      for (const row of await this.store.pendingFor(command.subscriber, command.ids)) {
        signal.throwIfAborted();
        if (await this.handle(row, this.subscribers.find(row.name, command.subscriber), signal)) handled.push(row.id);
        else failed += 1;
      }
    } finally {
      await this.store.handled(command.subscriber, handled);
    }
    if (failed > 0)
      throw new DeliveryFailed(`${failed} of ${handled.length + failed} events not handled by ${command.subscriber}`);
  }

  /** Whether it was handled. Rejects only for an abort. */
  private async handle(
    row: PendingEvent,
    subscription: Subscription | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    // Subscribed when the event was dispatched, gone since: nobody waits for it any more.
    if (!subscription) return true;
    const context = { event: row.name, eventId: row.id, subscriber: subscription.name };
    const stop = this.metrics.timer('tidewater_event_seconds', 'Handling of events', {
      event: row.name,
      subscriber: subscription.name,
    });
    try {
      await subscription.handle(
        { id: row.id, at: row.at, payload: subscription.event.payload.parse(row.payload) },
        signal,
      );
      stop({ outcome: 'done' });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      stop({ outcome: 'failed' });
      if (error instanceof DomainError)
        this.logger.warn({ ...context, code: error.code, error: error.message }, 'event not handled');
      else this.logger.error({ ...context, error: messageOf(error), err: error }, 'event not handled');
      return false;
    }
  }
}

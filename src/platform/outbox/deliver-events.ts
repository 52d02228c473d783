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

/** Events of one name that follow each other, and who handles them; nobody when it is not subscribed any more. */
interface Group {
  subscription: Subscription | undefined;
  rows: PendingEvent[];
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
   * Handles those of `ids` that this subscriber has not handled yet, one after the other, or many at once where the
   * subscriber can. What was handled is written down even when the rest fails or `signal` aborts.
   * @throws DeliveryFailed when at least one event was not handled.
   */
  async run(command: { subscriber: string; ids: string[] }, signal: AbortSignal): Promise<void> {
    const rows = await this.store.pendingFor(command.subscriber, command.ids);
    const handled: string[] = [];
    try {
      for (const group of this.groupsOf(rows, command.subscriber)) await this.handleGroup(group, handled, signal);
    } finally {
      await this.store.handled(command.subscriber, handled);
    }
    if (handled.length < rows.length)
      throw new DeliveryFailed(
        `${rows.length - handled.length} of ${rows.length} events not handled by ${command.subscriber}`,
      );
  }

  private groupsOf(rows: readonly PendingEvent[], subscriber: string): Group[] {
    const groups: Group[] = [];
    for (const row of rows) {
      const last = groups.at(-1);
      if (last?.rows[0]?.name === row.name && last.rows.length < (last.subscription?.atOnce ?? 1)) last.rows.push(row);
      else groups.push({ subscription: this.subscribers.find(row.name, subscriber), rows: [row] });
    }
    return groups;
  }

  /** Adds to `handled` the ids of those that were: of a group that was refused, those that can be handled alone. */
  private async handleGroup(group: Group, handled: string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (await this.handle(group, signal)) handled.push(...group.rows.map(({ id }) => id));
    else if (group.rows.length > 1)
      for (const row of group.rows) await this.handleGroup({ ...group, rows: [row] }, handled, signal);
  }

  /** Whether it was handled. Rejects only for an abort. */
  private async handle({ subscription, rows }: Group, signal: AbortSignal): Promise<boolean> {
    // Subscribed when the event was dispatched, gone since: nobody waits for it any more.
    if (!subscription) return true;
    const { name: subscriber, event } = subscription;
    const stop = this.metrics.timer('tidewater_event_seconds', 'Handling of events, by call', {
      event: event.name,
      subscriber,
    });
    try {
      const envelopes = rows.map(({ id, at, payload }) => ({ id, at, payload: event.payload.parse(payload) }));
      await subscription.handle(envelopes, signal);
      stop({ outcome: 'done' });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      stop({ outcome: 'failed' });
      const context = { event: event.name, eventId: rows[0]?.id, events: rows.length, subscriber };
      if (error instanceof DomainError)
        this.logger.warn({ ...context, code: error.code, error: error.message }, 'event not handled');
      else this.logger.error({ ...context, error: messageOf(error), err: error }, 'event not handled');
      return false;
    }
  }
}

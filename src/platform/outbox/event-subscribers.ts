import { Injectable } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import type { EventDefinition, EventEnvelope } from './define-event.js';

/** Who handles an event. `handle` must be idempotent by the envelope's id, and should stop when `signal` aborts. */
export interface Subscription {
  /** `<room>.<what it does>`: part of the job id, so stable. */
  name: string;
  event: EventDefinition;
  handle: (envelope: EventEnvelope<Json>, signal: AbortSignal) => Promise<void>;
}

/**
 * Who wants to hear what. Rooms subscribe in `onModuleInit` of their jobs module; each subscriber gets jobs of its own,
 * so that a slow or failing one delays no other.
 */
@Injectable()
export class EventSubscribers {
  private readonly byEvent = new Map<string, Subscription[]>();

  /**
   * Call it before the application has started: events that are dispatched earlier do not wait for this subscriber.
   * @throws Error when the name subscribes to this event already.
   */
  subscribe<P extends Json>(
    name: string,
    event: EventDefinition<P>,
    handle: (envelope: EventEnvelope<P>, signal: AbortSignal) => Promise<void>,
  ): void {
    const existing = this.byEvent.get(event.name) ?? [];
    if (existing.some((subscription) => subscription.name === name))
      throw new Error(`${name} subscribes to ${event.name} twice`);
    this.byEvent.set(event.name, [
      ...existing,
      { name, event: event as unknown as EventDefinition, handle: handle as Subscription['handle'] },
    ]);
  }

  /** Names of subscribers by event. */
  names(): Record<string, string[]> {
    return Object.fromEntries(
      [...this.byEvent].map(([event, subscriptions]) => [event, subscriptions.map(({ name }) => name)]),
    );
  }

  /** Empty when nobody subscribed. */
  of(eventName: string): readonly Subscription[] {
    return this.byEvent.get(eventName) ?? [];
  }

  /** Undefined when this process has no such subscriber (any more). */
  find(eventName: string, subscriber: string): Subscription | undefined {
    return this.of(eventName).find((subscription) => subscription.name === subscriber);
  }
}

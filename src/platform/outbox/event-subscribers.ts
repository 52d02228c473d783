import { Injectable } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import type { EventDefinition, EventEnvelope } from './define-event.js';

/** Who handles an event. `handle` must be idempotent by the envelopes' ids, and should stop when `signal` aborts. */
export interface Subscription {
  /** `<room>.<what it does>`: part of the job id, so stable. */
  name: string;
  event: EventDefinition;
  /** Handles as many as it is given: all of them, or it rejects and may be given any of them again. */
  handle: (envelopes: readonly EventEnvelope<Json>[], signal: AbortSignal) => Promise<void>;
  /** It is given at most so many at once, oldest first. */
  atOnce: number;
}

/** More than these fill no statement better. */
const MANY = 64;

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
    const each = async (envelopes: readonly EventEnvelope<P>[], signal: AbortSignal) => {
      for (const envelope of envelopes) await handle(envelope, signal);
    };
    this.add(name, event, each, 1);
  }

  /**
   * The same for a subscriber that handles many events as cheaply as one: it is given those that wait, oldest first.
   * When it rejects, each is handed to it alone, so that one that cannot be handled keeps no other back.
   * @throws Error when the name subscribes to this event already.
   */
  subscribeToMany<P extends Json>(
    name: string,
    event: EventDefinition<P>,
    handle: (envelopes: readonly EventEnvelope<P>[], signal: AbortSignal) => Promise<void>,
  ): void {
    this.add(name, event, handle, MANY);
  }

  private add<P extends Json>(
    name: string,
    event: EventDefinition<P>,
    handle: (envelopes: readonly EventEnvelope<P>[], signal: AbortSignal) => Promise<void>,
    atOnce: number,
  ): void {
    const existing = this.byEvent.get(event.name) ?? [];
    if (existing.some((subscription) => subscription.name === name))
      throw new Error(`${name} subscribes to ${event.name} twice`);
    this.byEvent.set(event.name, [
      ...existing,
      { name, event: event as unknown as EventDefinition, handle: handle as Subscription['handle'], atOnce },
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

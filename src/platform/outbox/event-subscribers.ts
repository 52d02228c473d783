import { Injectable } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import type { EventDefinition, EventEnvelope } from './define-event.js';

export interface Subscription {
  /** `<room>.<what it does>`: part of the job id, so stable. */
  name: string;
  event: EventDefinition;
  handle: (envelope: EventEnvelope<Json>, signal: AbortSignal) => Promise<void>;
}

/** Who wants to hear what. Rooms subscribe in `onModuleInit` of their jobs module; each subscriber gets a job of its own per event. */
@Injectable()
export class EventSubscribers {
  private readonly byEvent = new Map<string, Subscription[]>();

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

  of(eventName: string): readonly Subscription[] {
    return this.byEvent.get(eventName) ?? [];
  }

  find(eventName: string, subscriber: string): Subscription | undefined {
    return this.of(eventName).find((subscription) => subscription.name === subscriber);
  }
}

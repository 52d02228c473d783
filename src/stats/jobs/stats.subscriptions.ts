import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentDeleted, contentStored } from '../../content/index.js';
import { dealMoved } from '../../deals/index.js';
import { pinChanged } from '../../pinning/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { retrievalAttempted } from '../../retrieval/index.js';
import { observeDealMove, observeDeletion, observePin, observeRetrieval, observeUploads } from '../domain/observe.js';
import { PostgresObservationStore } from '../store/postgres-observation.store.js';

/** Turns the events of all rooms into measurements. Nothing else writes them. */
@Injectable()
export class StatsSubscriptions implements OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly store: PostgresObservationStore,
  ) {}

  /** Each name is a subscriber of its own: one that fails delays no other, and replays are harmless. */
  onModuleInit(): void {
    this.subscribers.subscribe('stats.record-deal-move', dealMoved, ({ id, at, payload }) =>
      this.store.record([{ eventId: id, at, observation: observeDealMove(payload) }]),
    );
    this.subscribers.subscribe('stats.record-retrieval', retrievalAttempted, ({ id, at, payload }) =>
      this.store.record([{ eventId: id, at, observation: observeRetrieval(payload) }]),
    );
    this.subscribers.subscribeToMany('stats.record-uploads', contentStored, (events) =>
      this.store.record(
        events.map(({ id, at, payload }) => ({ eventId: id, at, observation: observeUploads(payload) })),
      ),
    );
    this.subscribers.subscribeToMany('stats.record-deletions', contentDeleted, (events) =>
      this.store.record(
        events.map(({ id, at, payload }) => ({ eventId: id, at, observation: observeDeletion(payload) })),
      ),
    );
    this.subscribers.subscribeToMany('stats.record-pins', pinChanged, (events) =>
      this.store.record(events.map(({ id, at, payload }) => ({ eventId: id, at, observation: observePin(payload) }))),
    );
  }
}

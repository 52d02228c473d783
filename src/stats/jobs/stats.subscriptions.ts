import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentStored } from '../../content/index.js';
import { dealMoved } from '../../deals/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { retrievalAttempted } from '../../retrieval/index.js';
import { observeDealMove, observeRetrieval, observeUploads } from '../domain/observe.js';
import type { Observation } from '../domain/observation.js';
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
      this.record(id, at, observeDealMove(payload)),
    );
    this.subscribers.subscribe('stats.record-retrieval', retrievalAttempted, ({ id, at, payload }) =>
      this.record(id, at, observeRetrieval(payload)),
    );
    this.subscribers.subscribe('stats.record-uploads', contentStored, ({ id, at, payload }) =>
      this.record(id, at, observeUploads(payload)),
    );
  }

  private async record(id: string, at: Date, observation: Observation): Promise<void> {
    await this.store.record(id, at, observation);
  }
}

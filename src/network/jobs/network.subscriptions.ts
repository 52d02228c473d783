import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentOffloaded, contentRestored, contentStored } from '../../content/index.js';
import { dagDamaged, dagGone } from '../../storage/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { StartProviding, StopProviding } from '../verbs/provide-requests.js';

/**
 * What this room reacts to. Events say where to look; the verbs look at what is hot now, so neither their order nor how
 * often one comes matters, and what a lost one would have said the sweep finds.
 */
@Injectable()
export class NetworkSubscriptions implements OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly startProviding: StartProviding,
    private readonly stopProviding: StopProviding,
  ) {}

  /** One subscription per event; each may be delivered again after a failure. */
  onModuleInit(): void {
    this.subscribers.subscribeToMany('network.provide-stored', contentStored, async (events) => {
      await this.startProviding.run(events.flatMap(({ payload }) => payload.contents.map(({ cid }) => cid)));
    });
    this.subscribers.subscribe('network.provide-restored', contentRestored, async ({ payload }) => {
      await this.startProviding.run([payload.root]);
    });
    this.subscribers.subscribe('network.stop-providing-gone', dagGone, async ({ payload }) => {
      await this.stopProviding.run([payload.root]);
    });
    this.subscribers.subscribe('network.stop-providing-damaged', dagDamaged, async ({ payload }) => {
      await this.stopProviding.run([payload.root]);
    });
    this.subscribers.subscribe('network.stop-providing-offloaded', contentOffloaded, async ({ payload }) => {
      await this.stopProviding.run([payload.root]);
    });
  }
}

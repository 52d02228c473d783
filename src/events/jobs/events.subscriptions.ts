import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentStored } from '../../content/index.js';
import { dealMoved } from '../../deals/index.js';
import { pinChanged } from '../../pinning/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { retrievalFinished } from '../../retrieval/index.js';
import { carSealed, dagDamaged } from '../../storage/index.js';
import { RecordAccountEvents } from '../verbs/record-account-events.js';

/** Hears every room; each name is a subscriber of its own, and replays are harmless. */
@Injectable()
export class EventsSubscriptions implements OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly record: RecordAccountEvents,
  ) {}

  onModuleInit(): void {
    this.subscribers.subscribeToMany('events.stored', contentStored, (many) => this.record.stored(many));
    this.subscribers.subscribeToMany('events.pins', pinChanged, (many) => this.record.pins(many));
    this.subscribers.subscribe('events.packed', carSealed, (told) => this.record.packed(told));
    this.subscribers.subscribe('events.deals', dealMoved, (told) => this.record.deal(told));
    this.subscribers.subscribe('events.retrieved', retrievalFinished, (told) => this.record.retrieved(told));
    this.subscribers.subscribe('events.damaged', dagDamaged, (told) => this.record.damaged(told));
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentStored } from '../../content/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { PieceTerms } from '../store/piece-terms.js';
import { FollowPlatformPrice } from '../verbs/follow-platform-price.js';

const EVERY_MS = 600_000;

/** What makes the terms of existing pieces grow: the same bytes stored again with more replication, and the operator's settings at a start. */
@Injectable()
export class TermsWiring implements OnModuleInit {
  constructor(
    private readonly events: EventSubscribers,
    private readonly schedules: Schedules,
    private readonly terms: PieceTerms,
    private readonly followPrice: FollowPlatformPrice,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('deals.honour-replication', contentStored, async ({ payload }) => {
      await this.terms.honourReplication(payload.contents.map(({ contentId }) => BigInt(contentId)));
    });
    this.schedules.every('deals.follow-platform-price', EVERY_MS, () => this.followPrice.run());
  }
}

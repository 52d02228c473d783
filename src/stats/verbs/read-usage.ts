import { Injectable } from '@nestjs/common';
import { AccountUsage, ContentRegistry, type Usage } from '../../content/index.js';
import { Clock, contentId, type UserId } from '../../shared/index.js';
import { USAGE_KINDS, type UsageDay, usageDays } from '../domain/usage-days.js';
import { daysAgo } from '../domain/window.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';
import { ReadTraffic } from './read-traffic.js';

/** What one account or one content used: bytes at rest, and bytes that crossed our border. */
@Injectable()
export class ReadUsage {
  constructor(
    private readonly accountUsage: AccountUsage,
    private readonly contents: ContentRegistry,
    private readonly traffic: ReadTraffic,
    private readonly rollups: PostgresRollupStore,
    private readonly clock: Clock,
  ) {}

  /** Zeros for an account that stored nothing yet. */
  async ofAccount(userId: UserId): Promise<{ bytes: number; contents: number; bytesIn: number; bytesOut: number }> {
    const [stored, traffic] = await Promise.all([this.accountUsage.ofMany([userId]), this.traffic.trafficOf(userId)]);
    const { bytes, contents } = stored.get(userId) ?? { bytes: 0, contents: 0 };
    return { bytes, contents, ...traffic };
  }

  /** What it used on each of the last `days` UTC days, today's included, oldest first; and what it stores now. */
  async byDay(userId: UserId, days: number): Promise<{ stored: Usage; days: UsageDay[] }> {
    const now = this.clock.now();
    const from = daysAgo(days - 1, now);
    const [usage, rows] = await Promise.all([
      this.accountUsage.ofMany([userId]),
      this.rollups.daily('account', userId, from, USAGE_KINDS),
    ]);
    const stored = usage.get(userId) ?? { bytes: 0, contents: 0 };
    return { stored, days: usageDays(rows, from, now, stored.bytes) };
  }

  /**
   * Bytes of the content's DAG that left towards readers, whoever's content they asked for.
   * @throws ContentNotFound
   */
  async ofContent(id: string): Promise<{ bytes: number; requests: number }> {
    const { root } = await this.contents.get(contentId(id));
    return this.traffic.egressOf(root);
  }
}

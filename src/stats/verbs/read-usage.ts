import { Injectable } from '@nestjs/common';
import { AccountUsage, ContentRegistry } from '../../content/index.js';
import { contentId, type UserId } from '../../shared/index.js';
import { ReadTraffic } from './read-traffic.js';

/** What one account or one content used: bytes at rest, and bytes that crossed our border. */
@Injectable()
export class ReadUsage {
  constructor(
    private readonly accountUsage: AccountUsage,
    private readonly contents: ContentRegistry,
    private readonly traffic: ReadTraffic,
  ) {}

  /** Zeros for an account that stored nothing yet. */
  async ofAccount(userId: UserId): Promise<{ bytes: number; contents: number; bytesIn: number; bytesOut: number }> {
    const [stored, traffic] = await Promise.all([this.accountUsage.ofMany([userId]), this.traffic.trafficOf(userId)]);
    const { bytes, contents } = stored.get(userId) ?? { bytes: 0, contents: 0 };
    return { bytes, contents, ...traffic };
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

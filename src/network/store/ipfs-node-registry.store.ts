import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import type { NodeStatus } from '../ports/ipfs-node.port.js';

/** A node as its worker published it last. */
export interface SeenNode extends NodeStatus {
  seenAt: Date;
}

/** A worker publishes its node every 30 s: one that was not seen for so long is gone. */
const GONE_AFTER_MS = 120_000;
const DAY_MS = 86_400_000;
const MOST = 20;

/**
 * Where the processes that run an IPFS node tell the others what it is and how it can be reached. Table `ipfs_nodes`.
 */
@Injectable()
export class IpfsNodeRegistry {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Idempotent. A node without addresses is not entered: nobody could reach it. */
  async publish({ peerId, addresses, kind, agent, peers, routing }: NodeStatus): Promise<void> {
    if (addresses.length === 0) return;
    const seen = { addresses, status: { kind, agent, peers, routing }, seenAt: this.clock.now() };
    await this.database.ipfsNode.upsert({ where: { peerId }, create: { peerId, ...seen }, update: seen });
  }

  /**
   * Multiaddrs of all nodes that were seen within two minutes of the one that was seen last, at most 20; empty only
   * when no node has ever run.
   */
  async addresses(): Promise<string[]> {
    return (await this.seenWithin(GONE_AFTER_MS)).flatMap((node) => node.addresses).slice(0, MOST);
  }

  /** All nodes that were seen within a day of the one that was seen last, which comes first; at most 20. */
  async nodes(): Promise<SeenNode[]> {
    return this.seenWithin(DAY_MS);
  }

  /** Peer ids of the nodes that were not seen for two minutes, without one that is known to live. */
  async gone(livingPeerId: string): Promise<string[]> {
    const before = new Date(this.clock.now().getTime() - GONE_AFTER_MS);
    const rows = await this.database.ipfsNode.findMany({
      where: { peerId: { not: livingPeerId }, seenAt: { lt: before } },
      select: { peerId: true },
    });
    return rows.map(({ peerId }) => peerId);
  }

  private async seenWithin(ms: number): Promise<SeenNode[]> {
    const rows = await this.database.ipfsNode.findMany({ orderBy: { seenAt: 'desc' }, take: MOST });
    const newest = rows[0]?.seenAt.getTime() ?? 0;
    return rows
      .filter(({ seenAt }) => seenAt.getTime() >= newest - ms)
      .map(({ peerId, addresses, status, seenAt }) => {
        // Null: written by a version that did not say more.
        const { kind, agent, peers, routing } = (status ?? {}) as Partial<NodeStatus>;
        return {
          kind: kind ?? 'unknown',
          agent: agent ?? 'unknown',
          peerId,
          addresses: addresses as string[],
          peers: peers ?? 0,
          routing: routing ?? [],
          seenAt,
        };
      });
  }
}

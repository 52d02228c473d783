import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import type { NodeStatus } from '../ports/ipfs-node.port.js';

export interface SeenNode extends NodeStatus {
  seenAt: Date;
}

interface Row {
  peer_id: string;
  addresses: string[];
  /** Null: written by a version that did not say more. */
  status: Pick<NodeStatus, 'kind' | 'agent' | 'peers' | 'routing'> | null;
  seen_at: Date;
}

/** A worker publishes its node every 30 s: one that was not seen for so long is gone. */
const GONE_AFTER_MS = 120_000;
const MOST = 20;

/** Where the processes that run an IPFS node tell the others what it is and how it can be reached. Table `ipfs_nodes`. */
@Injectable()
export class IpfsNodeRegistry {
  constructor(
    private readonly sql: SqlPool,
    private readonly clock: Clock,
  ) {}

  /** Harmless twice. A node without addresses is not entered: nobody could reach it. */
  async publish({ peerId, addresses, kind, agent, peers, routing }: NodeStatus): Promise<void> {
    if (addresses.length === 0) return;
    await this.sql.pool.query(
      `INSERT INTO ipfs_nodes (peer_id, addresses, status, seen_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (peer_id) DO UPDATE SET addresses = excluded.addresses, status = excluded.status, seen_at = excluded.seen_at`,
      [peerId, JSON.stringify(addresses), JSON.stringify({ kind, agent, peers, routing }), this.clock.now()],
    );
  }

  /**
   * Multiaddrs of all nodes that were seen within two minutes of the one that was seen last, at most 20; empty only when no node has
   * ever run.
   */
  async addresses(): Promise<string[]> {
    const { rows } = await this.sql.pool.query<{ addresses: string[] }>(
      `SELECT addresses FROM ipfs_nodes WHERE seen_at >= (SELECT max(seen_at) FROM ipfs_nodes) - interval '2 minutes'
       ORDER BY seen_at DESC LIMIT ${MOST}`,
    );
    return rows.flatMap((row) => row.addresses).slice(0, MOST);
  }

  /** All nodes of the last day, the one seen last first. */
  async nodes(): Promise<SeenNode[]> {
    const { rows } = await this.sql.pool.query<Row>(
      `SELECT peer_id, addresses, status, seen_at FROM ipfs_nodes
       WHERE seen_at >= (SELECT max(seen_at) FROM ipfs_nodes) - interval '1 day' ORDER BY seen_at DESC LIMIT ${MOST}`,
    );
    return rows.map(({ peer_id: peerId, addresses, status, seen_at: seenAt }) => ({
      kind: status?.kind ?? 'unknown',
      agent: status?.agent ?? 'unknown',
      peerId,
      addresses,
      peers: status?.peers ?? 0,
      routing: status?.routing ?? [],
      seenAt,
    }));
  }

  /** Peer ids of the nodes that were not seen for two minutes, without one that is known to live. */
  async gone(livingPeerId: string): Promise<string[]> {
    const { rows } = await this.sql.pool.query<{ peer_id: string }>(
      'SELECT peer_id FROM ipfs_nodes WHERE peer_id <> $1 AND seen_at < $2',
      [livingPeerId, new Date(this.clock.now().getTime() - GONE_AFTER_MS)],
    );
    return rows.map(({ peer_id }) => peer_id);
  }
}

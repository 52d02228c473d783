import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import { DelegateBoard, type SeenNode } from '../ports/delegate-board.port.js';
import type { NodeStatus } from '../ports/ipfs-node.port.js';

interface NodeRow {
  peer_id: string;
  addresses: string[];
  /** Null: written by a version that did not say more. */
  status: Pick<NodeStatus, 'kind' | 'agent' | 'peers' | 'routing'> | null;
  seen_at: Date;
}

@Injectable()
export class SqlDelegateBoard extends DelegateBoard {
  constructor(
    private readonly sql: SqlPool,
    private readonly clock: Clock,
  ) {
    super();
  }

  async publish({ peerId, addresses, kind, agent, peers, routing }: NodeStatus): Promise<void> {
    if (addresses.length === 0) return;
    await this.sql.pool.query(
      `INSERT INTO ipfs_nodes (peer_id, addresses, status, seen_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (peer_id) DO UPDATE SET addresses = excluded.addresses, status = excluded.status, seen_at = excluded.seen_at`,
      [peerId, JSON.stringify(addresses), JSON.stringify({ kind, agent, peers, routing }), this.clock.now()],
    );
  }

  /** All nodes that were alive within two minutes of the one that was seen last. */
  async read(): Promise<string[]> {
    const { rows } = await this.sql.pool.query<{ addresses: string[] }>(
      `SELECT addresses FROM ipfs_nodes WHERE seen_at >= (SELECT max(seen_at) FROM ipfs_nodes) - interval '2 minutes' ORDER BY seen_at DESC LIMIT 20`,
    );
    return rows.flatMap((row) => row.addresses).slice(0, 20);
  }

  async nodes(): Promise<SeenNode[]> {
    const { rows } = await this.sql.pool.query<NodeRow>(
      `SELECT peer_id, addresses, status, seen_at FROM ipfs_nodes WHERE seen_at >= (SELECT max(seen_at) FROM ipfs_nodes) - interval '1 day' ORDER BY seen_at DESC LIMIT 20`,
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
}

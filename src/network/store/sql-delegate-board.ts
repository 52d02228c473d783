import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import { DelegateBoard } from '../ports/delegate-board.port.js';

@Injectable()
export class SqlDelegateBoard extends DelegateBoard {
  constructor(private readonly sql: SqlPool, private readonly clock: Clock) {
    super();
  }

  async publish(addresses: string[]): Promise<void> {
    const peerId = /\/p2p\/([^/]+)$/.exec(addresses[0] ?? '')?.[1];
    if (peerId === undefined) return;
    await this.sql.pool.query(
      `INSERT INTO ipfs_nodes (peer_id, addresses, seen_at) VALUES ($1, $2, $3)
       ON CONFLICT (peer_id) DO UPDATE SET addresses = excluded.addresses, seen_at = excluded.seen_at`,
      [peerId, JSON.stringify(addresses), this.clock.now()],
    );
  }

  /** All nodes that were alive within two minutes of the one that was seen last. */
  async read(): Promise<string[]> {
    const { rows } = await this.sql.pool.query<{ addresses: string[] }>(
      `SELECT addresses FROM ipfs_nodes WHERE seen_at >= (SELECT max(seen_at) FROM ipfs_nodes) - interval '2 minutes' ORDER BY seen_at DESC LIMIT 20`,
    );
    return rows.flatMap((row) => row.addresses).slice(0, 20);
  }
}

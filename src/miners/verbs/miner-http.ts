import { Injectable } from '@nestjs/common';
import type { MinerId } from '../../shared/index.js';
import { MinerStore } from '../ports/miner-store.port.js';

export interface MinerContact {
  miner: MinerId;
  /** Base URL of its HTTP retrieval endpoint, without a slash at the end; null when it announces none. */
  httpUrl: string | null;
  peerId: string | null;
  /** Multiaddrs as text. */
  addresses: string[];
}

/** Where a miner can be reached for retrieval. */
@Injectable()
export class MinerHttp {
  constructor(private readonly miners: MinerStore) {}

  /** Null for a miner that we have no record of. */
  async run(address: MinerId): Promise<MinerContact | null> {
    const miner = await this.miners.find(address);
    return miner && { miner: address, httpUrl: miner.httpUrl, peerId: miner.peerId, addresses: miner.addresses };
  }
}

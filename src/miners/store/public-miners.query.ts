import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { spellings } from '../../shared/index.js';
import { ASKS, MINERS, type PastAsk, type PublicMiner, type ScoredDay, SCORES } from './miners.sql.js';

/** As much of the past as a page shows. */
const MOST_ASKS = 100;
const MOST_DAYS = 365;

/** Miners as everybody may see them, for rooms downstream that show them. */
@Injectable()
export class PublicMiners {
  constructor(private readonly database: Database) {}

  /** By address. */
  async list(): Promise<PublicMiner[]> {
    return query(this.database, MINERS, [null]);
  }

  /** Under the letter of either network; the answer bears the one on record. */
  async find(address: string): Promise<PublicMiner | null> {
    const [miner] = await query(this.database, MINERS, [spellings(address)]);
    return miner ?? null;
  }

  /** What it asked for, the newest first: a row for each change. `address`: as on record. */
  async asks(address: string): Promise<PastAsk[]> {
    return query(this.database, ASKS, [address, MOST_ASKS]);
  }

  /** The course of its score, newest day first; empty while nothing was measured. `address`: as on record. */
  async scores(address: string, days = MOST_DAYS): Promise<ScoredDay[]> {
    return query(this.database, SCORES, [address, days]);
  }

  /** All on record, suspended ones included. */
  async count(): Promise<number> {
    return this.database.miner.count();
  }
}

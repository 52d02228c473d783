import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type PublicMiner, PublicMiners } from '../../miners/index.js';
import { Clock } from '../../shared/index.js';
import type { Listed, MinerState } from '../domain/miner-list.js';
import type { TableFigures } from '../domain/miner-table.js';
import type { Window } from '../domain/window.js';
import { PostgresMinerFiguresStore } from '../store/postgres-miner-figures.store.js';

/** As old as a page of the table may be: however many load it, rows are read once in that time. */
const CACHE_MS = 1_000;

/** A miner on record, with what was measured of it; null: nothing was. */
export interface MinerRow extends Listed {
  miner: PublicMiner;
  figures: TableFigures | null;
  figuresAt: Date | null;
}

/** Every miner with its figures over one window: as many rows as there are miners, whatever they did. */
@Injectable()
export class ListMiners {
  private readonly lists: LRUCache<Window, MinerRow[]>;

  constructor(miners: PublicMiners, figures: PostgresMinerFiguresStore, clock: Clock) {
    this.lists = new LRUCache({
      max: 4,
      ttl: CACHE_MS,
      ttlResolution: 0,
      perf: { now: () => clock.monotonicMs() },
      fetchMethod: async (window) => {
        const [all, stored] = await Promise.all([miners.list(), figures.ofWindow(window)]);
        const byMiner = new Map(stored.map((row) => [row.miner, row]));
        const now = clock.now();
        return all.map((miner) => rowOf(miner, byMiner.get(miner.address), now));
      },
    });
  }

  /** By address; at most a second old. */
  async run(window: Window): Promise<MinerRow[]> {
    return this.lists.forceFetch(window);
  }
}

function rowOf(miner: PublicMiner, stored: { figures: TableFigures; at: Date } | undefined, now: Date): MinerRow {
  const figures = stored?.figures ?? null;
  return {
    addr: miner.address,
    name: miner.name,
    state: stateOf(miner, now),
    region: miner.region,
    protocols: miner.httpUrl === null ? ['lotus'] : ['lotus', 'http'],
    price: miner.price === null ? null : BigInt(miner.price),
    sortable: {
      score: miner.score,
      activeDeals: figures?.activeDeals ?? 0,
      dealCount: figures?.dealCount ?? 0,
      acceptRate: figures?.acceptRate ?? null,
      publishMs: figures?.publishMs?.p50 ?? null,
      sealMs: figures?.sealMs?.p50 ?? null,
      retrievalSuccessRate: figures?.retrievalSuccessRate ?? null,
      firstByteMs: figures?.firstByteMs?.p50 ?? null,
      throughput: figures?.retrievalBytesPerSecond?.p50 ?? null,
      faults: figures?.faults ?? 0,
      failures: figures?.failures ?? 0,
      bytesIn: figures?.bytesIn ?? 0,
      bytesOut: figures?.bytesOut ?? 0,
    },
    miner,
    figures,
    figuresAt: stored?.at ?? null,
  };
}

/** A suspension with an end is over by itself. */
export function suspendedNow({ suspended, suspendedUntil }: PublicMiner, now: Date): boolean {
  return suspended && (suspendedUntil === null || suspendedUntil > now);
}

function stateOf(miner: PublicMiner, now: Date): MinerState {
  if (suspendedNow(miner, now)) return 'suspended';
  if (miner.openUntil !== null && miner.openUntil > now) return 'paused';
  return miner.askError === null ? 'active' : 'silent';
}

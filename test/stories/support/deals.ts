import type { Platform } from './platform.js';

interface StatusBody {
  deals: { deal: { id: string | number; miner: string; state: string; live?: boolean } }[];
}

const LIVE = new Set(['queued', 'proposed', 'accepted', 'transferring', 'published', 'active', 'expiring']);

export interface DealCounts {
  active: number;
  live: number;
  /** Live deals per miner: never above one. */
  perMiner: Map<string, number>;
  activeMiners: Set<string>;
}

/** The deals of one content (of one piece) as its owner sees them. */
export async function dealsOf(platform: Platform, contentId: string): Promise<DealCounts> {
  const status = await platform.json<StatusBody>('GET', `/content/status/${contentId}`);
  const live = status.deals.filter(({ deal }) => LIVE.has(deal.state));
  const active = live.filter(({ deal }) => deal.state === 'active');
  const perMiner = new Map<string, number>();
  for (const { deal } of live) perMiner.set(deal.miner, (perMiner.get(deal.miner) ?? 0) + 1);
  return {
    active: active.length,
    live: live.length,
    perMiner,
    activeMiners: new Set(active.map(({ deal }) => deal.miner)),
  };
}

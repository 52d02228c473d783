import type { WaterfallStep } from '../../charts/Waterfall';

/** The score of a miner's statistics, where they have one. */
export function scoreOf(_stats: object): { total: number; steps: WaterfallStep[] } | null {
  return null;
}

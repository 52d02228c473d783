import type { MinerId } from '../../shared/index.js';
import type { Miner } from './miner.js';
import { averageShare, expectedShare } from './success.js';

/** How much a better share counts: at 3 a miner of 90 % is drawn six times as often as one of 50 %. */
const SHARPNESS = 3;
/** Nobody's chance is nil: the worst may have mended its ways. */
const LEAST_CHANCE = 0.001;

interface Draw {
  /** Share of draws that look at nothing but chance (estuary.md F52). */
  exploration: number;
  /** Uniform in [0, 1). */
  random: () => number;
  now: Date;
  /** Deals on their way per miner: who has few goes first. */
  inFlight?: ReadonlyMap<MinerId, number>;
}

/**
 * An order to ask miners in: drawn without putting back, the likelier to succeed the likelier to come early. Distinct
 * by construction.
 */
export function drawMiners(candidates: readonly Miner[], population: readonly Miner[], draw: Draw): Miner[] {
  const average = averageShare(
    population.map(({ success }) => success),
    draw.now,
  );
  const urn = candidates.map((miner) => ({ miner, chance: chanceOf(miner, average, draw) }));
  const drawn: Miner[] = [];
  while (urn.length > 0) {
    const exploring = draw.random() < draw.exploration;
    const index = exploring
      ? Math.floor(draw.random() * urn.length)
      : weightedIndex(
          urn.map(({ chance }) => chance),
          draw.random(),
        );
    drawn.push(...urn.splice(index, 1).map(({ miner }) => miner));
  }
  return drawn;
}

/** Sharpened share of success, divided among the deals that are on their way already. */
function chanceOf(miner: Miner, average: number, { now, inFlight }: Draw): number {
  const chance = Math.max(LEAST_CHANCE, expectedShare(miner.success, average, now) ** SHARPNESS);
  return chance / (1 + (inFlight?.get(miner.address) ?? 0));
}

function weightedIndex(chances: readonly number[], random: number): number {
  let rest = random * chances.reduce((sum, chance) => sum + chance, 0);
  for (const [index, chance] of chances.entries()) {
    rest -= chance;
    if (rest < 0) return index;
  }
  return chances.length - 1;
}

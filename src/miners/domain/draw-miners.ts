import type { MinerId } from '../../shared/index.js';
import type { Miner } from './miner.js';
import { averageShare, expectedShare, type Success } from './success.js';

/** How much a better record counts: at 3 a miner of 90 is drawn six times as often as one of 50. */
const SHARPNESS = 3;
/** Nobody's chance is nil: the worst may have mended its ways. */
const LEAST_CHANCE = 0.001;
/** While the platform has few deals, a miner may hold this many of them whatever its share. */
const SHARE_FREE = 6;
/** More places than a piece has copies need not be spread. */
const MOST_SPREAD = 32;

interface Draw {
  /** Share of draws that look at nothing but chance (estuary.md F52). */
  exploration: number;
  /** Uniform in [0, 1). */
  random: () => number;
  now: Date;
  /** Deals on their way per miner: who has few goes first. */
  inFlight?: ReadonlyMap<MinerId, number>;
  /** Of all deals that are alive, a miner is to have no more than this; 1: no matter. */
  shareCap?: number;
  /** Who holds the data already: another owner and another region are preferred. */
  holders?: readonly MinerId[];
}

/**
 * An order to ask miners in: drawn without putting back, the better the record the likelier to come early; then who
 * would get more than its share goes to the end, and who is of another owner or region than those before comes to the
 * front. Distinct by construction, and nobody is left out: rather a deal too many than a copy too few.
 */
export function drawMiners(candidates: readonly Miner[], population: readonly Miner[], draw: Draw): Miner[] {
  const average = averageShare(
    population.map((miner) => recordOf(miner, draw.now)),
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
  const isOver = overShare(candidates, population, draw);
  const holders = population.filter(({ address }) => draw.holders?.includes(address));
  return [
    ...spread(
      drawn.filter((miner) => !isOver(miner)),
      holders,
    ),
    ...spread(drawn.filter(isOver), holders),
  ];
}

/** How good a miner's record is, as of now: its score, or the share of its own deals while it has none. */
function recordOf({ score, success }: Miner, now: Date): Success {
  return score === null ? success : { share: score.value / 100, weight: score.evidence, at: now };
}

/** Sharpened record, drawn towards the average while little is known, divided among the deals on their way. */
function chanceOf(miner: Miner, average: number, { now, inFlight }: Draw): number {
  const chance = Math.max(LEAST_CHANCE, expectedShare(recordOf(miner, now), average, now) ** SHARPNESS);
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

/** With few miners to choose from everybody has more: twice an even share is always allowed. */
function overShare(
  candidates: readonly Miner[],
  population: readonly Miner[],
  { shareCap = 1, inFlight }: Draw,
): (miner: Miner) => boolean {
  const dealsOf = ({ address, heldDeals }: Miner) => heldDeals + (inFlight?.get(address) ?? 0);
  const all = population.reduce((sum, miner) => sum + dealsOf(miner), 0);
  const cap = Math.max(shareCap, 2 / Math.max(1, candidates.length));
  return (miner) => dealsOf(miner) + 1 > Math.max(SHARE_FREE, cap * (all + 1));
}

/**
 * The same miners, each place taken by the first of those left whose owner has no copy yet, and whose region has no
 * more copies than others have. What is not known of a miner speaks neither for nor against it.
 */
function spread(drawn: readonly Miner[], holders: readonly Miner[]): Miner[] {
  const left = [...drawn];
  const placed = [...holders];
  const order: Miner[] = [];
  while (left.length > 0 && order.length < MOST_SPREAD) {
    const penalties = left.map((miner) => penaltyOf(miner, placed));
    const index = penalties.indexOf(Math.min(...penalties));
    const [next] = left.splice(index, 1) as [Miner];
    order.push(next);
    placed.push(next);
  }
  return [...order, ...left];
}

/** One owner with two copies is worse than a region with more than half of them. */
function penaltyOf({ owner, region }: Miner, placed: readonly Miner[]): number {
  const sameOwner = owner !== null && placed.some((other) => other.owner === owner);
  const sameRegion = region === null ? 0 : placed.filter((other) => other.region === region).length;
  return (sameOwner ? 2 : 0) + (sameRegion > 0 && sameRegion * 2 > placed.length ? 1 : 0);
}

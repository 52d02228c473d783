/** What happened this long ago counts half. */
const HALF_LIFE_MS = 7 * 24 * 3600 * 1000;
/** The average stands in for this many outcomes: a single lucky or unlucky one does not decide. */
const PRIOR_WEIGHT = 2;
/** Of a population of which nothing is known. */
const UNKNOWN_AVERAGE = 0.5;

/** Share of good outcomes, decayed, and how many outcomes it rests on, decayed alike. */
export interface Success {
  share: number;
  weight: number;
  at: Date | null;
}

/** Of a miner with whom no deal has ended yet. */
export const unmeasured: Success = { share: 0, weight: 0, at: null };

/** The share after one more deal went well or not. */
export function afterOutcome(before: Success, ok: boolean, now: Date): Success {
  const kept = weightAt(before, now);
  return { share: (before.share * kept + (ok ? 1 : 0)) / (kept + 1), weight: kept + 1, at: now };
}

/** What to expect of a miner among others: its own share, drawn towards the average as long as little is known. */
export function expectedShare(success: Success, average: number, now: Date): number {
  const weight = weightAt(success, now);
  return (success.share * weight + average * PRIOR_WEIGHT) / (weight + PRIOR_WEIGHT);
}

/** Of all that were measured. */
export function averageShare(all: readonly Success[], now: Date): number {
  const weight = all.reduce((sum, one) => sum + weightAt(one, now), 0);
  if (weight === 0) return UNKNOWN_AVERAGE;
  return all.reduce((sum, one) => sum + one.share * weightAt(one, now), 0) / weight;
}

function weightAt({ weight, at }: Success, now: Date): number {
  return at === null ? 0 : weight * 2 ** (-Math.max(0, now.getTime() - at.getTime()) / HALF_LIFE_MS);
}

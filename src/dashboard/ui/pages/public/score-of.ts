import type { WaterfallStep } from '../../charts/Waterfall';
import type { Score } from '../../api/miner-types';

/** A score's lines as steps with their evidence in words, `41 of 43 proposals that it accepted`. */
export function stepsOf({ lines }: Score): WaterfallStep[] {
  return lines.map(({ dimension, about, counted, bound, weight, contribution }) => ({
    name: dimension,
    evidence: `${round(counted.s)} of ${round(counted.n)} ${about}`,
    bound,
    weight,
    contribution,
  }));
}

function round(count: number): string {
  return String(Math.round(count * 10) / 10);
}

import { betaQuantile } from './beta.js';
import { type Dimension, HALF_LIFE_DAYS, LOWER_END, scoreWeights } from './score-weights.js';

const DAY_MS = 86_400_000;

/** So many successes and failures in one respect, that began at a time. Ours are not among them. */
export interface Evidence {
  at: Date;
  dimension: Dimension;
  successes: number;
  failures: number;
}

/** One line of the sum that a score is. */
export interface ScoreLine {
  dimension: Dimension;
  about: string;
  /** Successes, and all, as they were counted. */
  counted: { s: number; n: number };
  /** The same, each worth less the longer it is ago. */
  evidence: { s: number; n: number };
  /** What the true rate is above, with a chance of 95 %: Beta(1 + s, 1 + f). From 0 to 1. */
  bound: number;
  weight: number;
  /** bound x weight x 100: its share of the score. */
  contribution: number;
}

/** From 0 to 100; without any evidence it is 5. */
export interface Score {
  score: number;
  lines: ScoreLine[];
  /** Decayed evidence in the respect that is known best: how much is known at all. */
  evidence: number;
}

/** What the evidence is worth at a moment. The same evidence always gives the same, to the UTC day. Pure. */
export function scoreOf(evidence: readonly Evidence[], now: Date): Score {
  const lines = (Object.keys(scoreWeights) as Dimension[]).map((dimension): ScoreLine => {
    const { weight, about } = scoreWeights[dimension];
    const own = evidence.filter((one) => one.dimension === dimension);
    const sum = (count: (one: Evidence) => number) => own.reduce((all, one) => all + count(one), 0);
    const s = sum((one) => one.successes * worthOf(one.at, now));
    const f = sum((one) => one.failures * worthOf(one.at, now));
    const bound = lowerBound(s, f);
    return {
      dimension,
      about,
      counted: { s: sum((one) => one.successes), n: sum((one) => one.successes + one.failures) },
      evidence: { s: rounded(s), n: rounded(s + f) },
      bound: rounded(bound),
      weight,
      contribution: rounded(bound * weight * 100),
    };
  });
  return {
    score: rounded(lines.reduce((sum, { contribution }) => sum + contribution, 0)),
    lines,
    evidence: Math.max(...lines.map((line) => line.evidence.n)),
  };
}

/** Little evidence gives little: of nothing it is 0.05, of one success 0.22, of twenty 0.87. */
export function lowerBound(successes: number, failures: number): number {
  return betaQuantile(LOWER_END, 1 + successes, 1 + failures);
}

/** In whole UTC days, so that a score stands still while nothing happens. */
function worthOf(at: Date, now: Date): number {
  const days = Math.floor(now.getTime() / DAY_MS) - Math.floor(at.getTime() / DAY_MS);
  return 2 ** (-Math.max(0, days) / HALF_LIFE_DAYS);
}

/** Four digits: as people read it is what is stored and summed. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

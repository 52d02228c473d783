import type { Evidence } from './score.js';
import type { Dimension } from './score-weights.js';

const HOUR_MS = 3_600_000;

/** When a miner is left alone without an operator's word, and for how long. */
export interface SuspensionRule {
  dimension: Dimension;
  /** How far back it looks. */
  hours: number;
  /** Fewer say nothing. For `keep`: losses; else outcomes. */
  atLeast: number;
  /** Share of successes below which it applies; null: losses alone decide. */
  shareBelow: number | null;
  suspendHours: number;
  /** What people read: beside it stand the counts. */
  because: string;
}

/** The one table of rules; the first that applies decides. */
export const suspensionRules: readonly SuspensionRule[] = [
  { dimension: 'keep', hours: 168, atLeast: 2, shareBelow: null, suspendHours: 168, because: 'it lost proven deals' },
  {
    dimension: 'retrieve',
    hours: 24,
    atLeast: 20,
    shareBelow: 0.2,
    suspendHours: 24,
    because: 'it does not give data back',
  },
  {
    dimension: 'seal',
    hours: 168,
    atLeast: 10,
    shareBelow: 0.3,
    suspendHours: 72,
    because: 'it does not seal what it has',
  },
  {
    dimension: 'transfer',
    hours: 24,
    atLeast: 10,
    shareBelow: 0.2,
    suspendHours: 24,
    because: 'transfers to it break',
  },
  {
    dimension: 'accept',
    hours: 24,
    atLeast: 20,
    shareBelow: 0.1,
    suspendHours: 24,
    because: 'it refuses nearly everything',
  },
];

/** Rules never leave alone more than this share of all miners at a time: when so many fail it is hardly their fault. */
export const MOST_SUSPENDED_SHARE = 1 / 3;

/** A suspension by rule: for people why, and its end. */
export interface Judgement {
  reason: string;
  until: Date;
}

/**
 * What the rules say of a miner's evidence by the hour. What was before `from` was judged already, or forgiven. Null:
 * nothing against it. Pure.
 */
export function judge(evidence: readonly Evidence[], from: Date | null, now: Date): Judgement | null {
  for (const rule of suspensionRules) {
    const since = Math.max(now.getTime() - rule.hours * HOUR_MS, from?.getTime() ?? 0);
    const own = evidence.filter(({ dimension, at }) => dimension === rule.dimension && at.getTime() >= since);
    const successes = own.reduce((sum, one) => sum + one.successes, 0);
    const failures = own.reduce((sum, one) => sum + one.failures, 0);
    if (!applies(rule, successes, failures)) continue;
    const counts = rule.shareBelow === null ? `${failures}` : `${successes} of ${successes + failures} went well`;
    return {
      reason: `automatic: ${rule.because} (${counts} in ${rule.hours} h)`,
      until: new Date(now.getTime() + rule.suspendHours * HOUR_MS),
    };
  }
  return null;
}

function applies({ atLeast, shareBelow }: SuspensionRule, successes: number, failures: number): boolean {
  if (shareBelow === null) return failures >= atLeast;
  const all = successes + failures;
  return all >= atLeast && successes / all < shareBelow;
}

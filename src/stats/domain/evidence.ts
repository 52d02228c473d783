import type { Dimension, Evidence } from '../../miners/index.js';
import { failureLines, type IsOurs, sourceOf } from './window-figures.js';
import { bucketOf } from './histogram.js';
import type { Rollup } from './rollup.js';

/** Where in a deal's life a failure counts; what is in neither is about sealing. */
const BEFORE_YES: ReadonlySet<string> = new Set([
  'query-ask',
  'send-proposal',
  'propose',
  'miner-search',
  'deal-protocol-version',
]);
const UNDERWAY: ReadonlySet<string> = new Set(['start-data-transfer', 'data-transfer', 'data-transfer-remote']);

/** The bucket before this one ends at 1,024 ms. */
const SLOW_BUCKET = bucketOf(1024);

/**
 * What rows of one miner say for and against it, each of its hour or day. Failures of ours count for nothing, nor does
 * a first byte that never came: that is a failed retrieval. Pure.
 */
export function evidenceOf(rows: readonly Rollup[], isOurs: IsOurs): Evidence[] {
  return rows.flatMap((row): Evidence[] => {
    const one = (dimension: Dimension, successes: number, failures: number) => [
      { at: row.at, dimension, successes, failures },
    ];
    switch (row.kind) {
      case 'accept':
        return row.ok === 0 ? [] : one('accept', row.ok, 0);
      case 'transfer':
        return one('transfer', row.count, 0);
      case 'seal':
        return [...one('seal', row.count, 0), ...one('keep', row.count, 0)];
      case 'slash':
        return one('keep', 0, row.count);
      case 'end':
        return row.count === row.ok ? [] : one('keep', 0, row.count - row.ok);
      case 'failure':
        return failureLines([row], isOurs).flatMap(({ phase, fault, count }) =>
          fault === 'ours' || wasProven(row) ? [] : one(dimensionOf(phase), 0, count),
        );
      case 'retrieval':
        return sourceOf(row, isOurs).fault === 'ours' ? [] : one('retrieve', row.ok, row.count - row.ok);
      case 'retrieval-first-byte': {
        const soon = row.ms.counts.slice(0, SLOW_BUCKET).reduce((sum, count) => sum + count, 0);
        return one('first-byte', soon, row.count - soon);
      }
      default:
        return [];
    }
  });
}

/** Deals that are proven and alive, by all rows of a miner. */
export function heldDealsOf(rows: readonly Rollup[]): number {
  const held = rows.reduce((sum, { kind, label, count }) => {
    if (kind === 'seal') return sum + count;
    if (kind === 'end' || (kind === 'slash' && label !== 'published')) return sum - count;
    return sum;
  }, 0);
  return Math.max(0, held);
}

/** What was proven and is gone counts once, as an end. */
function wasProven({ label }: Rollup): boolean {
  return label.split('/').length > 2;
}

function dimensionOf(phase: string): Dimension {
  if (BEFORE_YES.has(phase)) return 'accept';
  return UNDERWAY.has(phase) ? 'transfer' : 'seal';
}

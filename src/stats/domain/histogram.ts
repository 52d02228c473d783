/**
 * A histogram that can be added to another: counts in fixed buckets, four to each doubling, so that a bucket is 19 %
 * wide. Bucket 0 holds what is below one; bucket i holds [2^((i-1)/4), 2^(i/4)). Zeros at the end are left out. The
 * unit is the caller's: milliseconds, or bytes per second. Buckets are never changed: they stand in rows.
 */
export type Histogram = readonly number[];

const PER_DOUBLING = 4;
/** 2^52: beyond what a number of milliseconds or bytes per second can be. */
const MOST_BUCKETS = 52 * PER_DOUBLING + 2;

/** The bucket that a value belongs to; what is negative or no number counts as nothing. */
export function bucketOf(value: number): number {
  if (!(value >= 1)) return 0;
  return Math.min(MOST_BUCKETS - 1, 1 + Math.floor(Math.log2(value) * PER_DOUBLING));
}

/** The histogram of one value. */
export function histogramOf(value: number): Histogram {
  const counts = new Array<number>(bucketOf(value) + 1).fill(0);
  counts[counts.length - 1] = 1;
  return counts;
}

/** Both together; neither of them is changed. In any order, and in any grouping, the sum is the same. */
export function addHistograms(a: Histogram, b: Histogram): Histogram {
  const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a];
  return longer.map((count, bucket) => count + (shorter[bucket] ?? 0));
}

/** How many values went in. */
export function countOf(counts: Histogram): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Least and greatest value that went in: percentiles never lie outside of them. */
export interface Extremes {
  min: number;
  max: number;
}

/**
 * The value that a share of all values does not exceed (nearest rank), within the width of a bucket: at most 19 % off,
 * and exact where all values are alike. Null for an empty histogram.
 */
export function percentile(counts: Histogram, share: number, { min, max }: Extremes): number | null {
  const total = countOf(counts);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (below + count >= rank) {
      const value = withinBucket(bucket, (rank - below - 0.5) / count);
      return Math.round(Math.min(max, Math.max(min, value)));
    }
    below += count;
  }
  return Math.round(max);
}

/** Geometric between the edges of the bucket: its buckets are even on a logarithmic scale. */
function withinBucket(bucket: number, share: number): number {
  return bucket === 0 ? 0 : 2 ** ((bucket - 1 + share) / PER_DOUBLING);
}

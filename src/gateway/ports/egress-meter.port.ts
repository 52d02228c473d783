/** Counts bytes that really left towards a reader. Filled by stats; cheap, never throws, never waits. */
export abstract class EgressMeter {
  abstract count(entry: { root: string; bytes: number; channel: 'gateway' | 'bitswap' }): void;
}

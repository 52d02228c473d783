/** Counts bytes that really left towards a reader. Filled by stats; cheap, never throws, never waits. */
export abstract class EgressMeter {
  /** `root`: CIDv1 text of the DAG that was read. `bytes`: reached the kernel, once per answer. */
  abstract count(entry: { root: string; bytes: number; channel: 'gateway' | 'bitswap' }): void;
}

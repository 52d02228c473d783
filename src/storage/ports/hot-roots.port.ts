export interface HotRootsPage {
  /** The hot ones, CIDv1 text. */
  roots: string[];
  /** Where the next page begins; null: this was the last one. */
  next: bigint | null;
}

/** Which DAGs this node has the bytes of, whoever's contents they are: for rooms that follow what is stored. */
export abstract class HotRoots {
  /** Those of these roots (CIDv1 text) that are hot now, with the payload bytes of each DAG. */
  abstract among(roots: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Looks at so many DAGs, in the order in which they first came; costs the same at any position. Begin after 0. */
  abstract page(after: bigint, limit: number): Promise<HotRootsPage>;
}

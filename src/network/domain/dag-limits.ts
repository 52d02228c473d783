/** What one DAG may cost before its fetch stops with a named failure. */
export interface DagLimits {
  /** Sum of the blocks' bytes. */
  bytes: number;
  blocks: number;
  /** Links between the root and the deepest block. */
  depth: number;
}

export const DEFAULT_DAG_LIMITS: DagLimits = { bytes: Number.MAX_SAFE_INTEGER, blocks: 4_000_000, depth: 1024 };

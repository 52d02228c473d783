/** Every state of a retrieval and the only moves between them. A lost worker's retrieval starts over: hence the ways back to locating. */
export const retrievalMoves = {
  requested: ['locating'],
  locating: ['locating', 'fetching', 'stored', 'failed'],
  fetching: ['fetching', 'locating', 'verified', 'failed'],
  verified: ['locating', 'stored', 'failed'],
  stored: [],
  failed: [],
} as const satisfies Record<string, readonly string[]>;

export type RetrievalState = keyof typeof retrievalMoves;

export function mayMove(from: RetrievalState, to: RetrievalState): boolean {
  return (retrievalMoves[from] as readonly string[]).includes(to);
}

export function isOver(state: RetrievalState): boolean {
  return retrievalMoves[state].length === 0;
}

/** What keeps the book true although events get lost, nodes change and processes die. Every call is bounded. */
export abstract class AnnouncementUpkeep {
  /** Rows in the order of their ids, after one. `next`: null at the end. */
  abstract page(after: bigint, limit: number): Promise<{ roots: string[]; next: bigint | null }>;
  /** How far a walk is; 0 at its beginning. */
  abstract position(walk: string): Promise<bigint>;
  abstract move(walk: string, position: bigint): Promise<void>;
  /** What is held and was never told to anybody is due now: the node has routing. */
  abstract wakeUntold(limit: number): Promise<number>;
  /** What only nodes hold that are gone is to be held by the one that lives. Nodes seen within two minutes live. */
  abstract orphan(livingPeerId: string, limit: number): Promise<number>;
  /** Adds up the tallies. */
  abstract addUp(): Promise<void>;
}

/**
 * Every state of a deal, and the only transitions between them. The README's diagram is this table.
 * A check that sees a deal several states further walks it through each of them.
 */
export const dealTransitions = {
  queued: ['proposed', 'rejected', 'failed'],
  proposed: ['accepted', 'rejected', 'failed'],
  accepted: ['transferring', 'rejected', 'failed'],
  transferring: ['published', 'rejected', 'failed'],
  published: ['active', 'failed', 'slashed'],
  active: ['expiring', 'failed', 'slashed'],
  expiring: ['ended', 'failed', 'slashed'],
  ended: [],
  rejected: [],
  failed: [],
  slashed: [],
} as const satisfies Record<string, readonly string[]>;

/** Kept as text in the rows and shown in the API: a name is never changed. */
export type DealState = keyof typeof dealTransitions;

/** The way of a deal that goes well. */
export const dealPath = [
  'queued',
  'proposed',
  'accepted',
  'transferring',
  'published',
  'active',
  'expiring',
  'ended',
] as const satisfies readonly DealState[];

/** States that hold a slot of the piece. */
export const liveDealStates = dealPath.slice(0, -1) as readonly DealState[];

/** Between the decision to make a deal and the chain: promised, not yet paid. Its reservation is open. */
export const promisedDealStates: readonly DealState[] = ['queued', 'proposed', 'accepted', 'transferring'];

/** A miner has proven the data and still does. */
export const sealedDealStates: readonly DealState[] = ['active', 'expiring'];

/** A miner has proven the data of such a deal. */
export function isSealed(state: DealState): boolean {
  return sealedDealStates.includes(state);
}

/** The states of a deal that did not work out. */
export type FailureState = 'rejected' | 'failed' | 'slashed';

/** It holds its slot. */
export function isLive(state: DealState): boolean {
  return liveDealStates.includes(state);
}

/** Whether one step leads there. */
export function canTransition(from: DealState, to: DealState): boolean {
  return (dealTransitions[from] as readonly string[]).includes(to);
}

/** The states to pass through from one to another, the target included; empty when it does not lie ahead. */
export function stepsBetween(from: DealState, to: DealState): DealState[] {
  const path: readonly DealState[] = dealPath;
  const start = path.indexOf(from);
  const end = path.indexOf(to);
  return start < 0 || end <= start ? [] : path.slice(start + 1, end + 1);
}

/** Every state of a piece, and the only transitions between them. */
export const pieceTransitions = {
  sealed: ['committed', 'retired'],
  committed: ['replicating', 'retired'],
  replicating: ['replicated', 'retired'],
  replicated: ['replicating', 'retired'],
  retired: [],
} as const satisfies Record<string, readonly string[]>;

/** `replicated`: as many slots as are wanted have a sealed deal; `retired`: nobody wants it any more. */
export type PieceState = keyof typeof pieceTransitions;

/** Mermaid text of a table of transitions. */
export function stateDiagram(transitions: Record<string, readonly string[]>): string {
  const lines = Object.entries(transitions)
    .filter(([, targets]) => targets.length > 0)
    .map(([from, targets]) => `  ${from} --> ${targets.join(' & ')}`);
  return ['flowchart LR', ...lines].join('\n');
}

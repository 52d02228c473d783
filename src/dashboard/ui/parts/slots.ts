/**
 * What a slot of a content shows: no deal; proposed, transferring or published; proven on chain; the last one failed
 * and none has taken its place; active, but near its end.
 */
export type SlotState = 'empty' | 'moving' | 'active' | 'failed' | 'expiring';

/** The part of a deal that a slot needs, as the API tells it. */
export interface SlotDeal {
  state: string;
  live: boolean;
  slot: number;
  endAt?: string | null;
}

/** An active deal that ends sooner than this is shown as expiring. */
const SOON_MS = 2 * 86_400_000;
const RANK: Record<SlotState, number> = { active: 4, expiring: 3, moving: 2, failed: 1, empty: 0 };
const WORDS: Record<SlotState, string> = {
  active: 'active',
  expiring: 'expiring',
  moving: 'in progress',
  failed: 'failed',
  empty: 'without a deal',
};

/**
 * One state per slot, 0 to `wanted` - 1: the best of the deals that stood in it. Deals with several pieces count in
 * the slot that each names. `now` in milliseconds.
 */
export function slotStates(deals: readonly SlotDeal[], wanted: number, now: number): SlotState[] {
  return Array.from({ length: Math.max(0, wanted) }, (_, slot) =>
    deals
      .filter((deal) => deal.slot === slot)
      .map((deal) => stateOf(deal, now))
      .reduce<SlotState>((best, state) => (RANK[state] > RANK[best] ? state : best), 'empty'),
  );
}

/** The same for deals whose slots are not told (public answers): in the order in which they come. */
export function slotStatesInOrder(deals: readonly Omit<SlotDeal, 'slot'>[], wanted: number, now: number): SlotState[] {
  return slotStates(
    deals.map((deal, slot) => ({ ...deal, slot })),
    Math.max(wanted, deals.length),
    now,
  );
}

/** As a screen reader says it: `5 of 6 active, 1 in progress`. */
export function sayStates(states: readonly SlotState[]): string {
  const counts = (['expiring', 'moving', 'failed', 'empty'] as const)
    .map((state): [string, number] => [WORDS[state], states.filter((one) => one === state).length])
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`);
  const active = states.filter((state) => state === 'active').length;
  return [`${active} of ${states.length} active`, ...counts].join(', ');
}

function stateOf({ state, live, endAt }: SlotDeal, now: number): SlotState {
  if (!live) return state === 'ended' ? 'empty' : 'failed';
  if (state !== 'active' && state !== 'sealed') return 'moving';
  const left = endAt === null || endAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(endAt) - now;
  return left < SOON_MS ? 'expiring' : 'active';
}

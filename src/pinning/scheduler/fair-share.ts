import type { UserId } from '../../shared/index.js';
import type { AccountShare, Weights } from './pin-leases.port.js';

/** How much of something an account has, and how much of it should be its own beside others. */
export interface Standing {
  running: number;
  weight: number;
}

/** A pin that holds a worker's seat without transferring yet, so that nothing is lost when it makes way. */
export interface Look {
  userId: UserId;
  /** For how long it has had the seat. */
  ms: number;
  /** Its first block is here, it waits for a slot: it makes way for other accounts alone. */
  found: boolean;
}

/** Nobody is sent away sooner: finding a peer takes a second or two. */
const SHORTEST_LOOK_MS = 2_000;
/** After this long, others of equal right get the seat, and other pins of the same account too. */
const LONGEST_LOOK_MS = 20_000;

export function shareOf({ running, weight }: Standing): number {
  return running / weight;
}

/** One more for `to` and one less for `from` still leaves `to` behind: equal shares go back and forth for nobody. */
export function evensOut(to: Standing, from: Standing): boolean {
  return (to.running + 1) / to.weight < shareOf(from);
}

/** Which looks are to make way so that pins that wait can be looked for, the longest first. None when nobody waits. */
export function preempt<L extends Look>(looks: readonly L[], shares: readonly AccountShare[], weights: Weights): L[] {
  const accounts = new Map(shares.map((share) => [share.userId, { ...share, weight: weights.get(share.userId) ?? 1 }]));
  const left = looks
    .filter((look) => look.ms >= SHORTEST_LOOK_MS && accounts.has(look.userId))
    .sort((a, b) => b.ms - a.ms);
  const gone: L[] = [];
  while (left.length > 0) {
    const swap = nextSwap(left, accounts);
    if (!swap) break;
    swap.from.running -= 1;
    swap.to.running += 1;
    swap.to.due -= 1;
    gone.push(...left.splice(left.indexOf(swap.look), 1));
  }
  return gone;
}

type Account = AccountShare & Standing;

/** For the neediest account that anybody has to make way for: of the account that has most, what has looked longest. */
function nextSwap<L extends Look>(
  looks: readonly L[],
  accounts: ReadonlyMap<UserId, Account>,
): { look: L; from: Account; to: Account } | null {
  const needy = [...accounts.values()]
    .filter(({ due }) => due > 0)
    .sort((a, b) => shareOf(a) - shareOf(b))
    .slice(0, looks.length);
  for (const to of needy) {
    let best: { look: L; from: Account; to: Account } | null = null;
    for (const look of looks) {
      const from = accounts.get(look.userId);
      if (from && hasToGo(look, from, to) && (!best || shareOf(from) > shareOf(best.from))) best = { look, from, to };
    }
    if (best) return best;
  }
  return null;
}

function hasToGo(look: Look, from: Account, to: Account): boolean {
  if (from === to) return !look.found && look.ms >= LONGEST_LOOK_MS;
  return evensOut(to, from) || (look.ms >= LONGEST_LOOK_MS && shareOf(to) < shareOf(from));
}

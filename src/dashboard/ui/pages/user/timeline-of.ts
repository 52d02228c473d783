import type { Deal, Move } from '../../api/types';

export interface TimelineLine {
  at: string;
  text: string;
  more: string;
}

/** Moves of a content and the marks of its deals as one list, newest first. */
export function timelineOf(moves: readonly Move[], deals: readonly Deal[]): TimelineLine[] {
  const own = moves.map(({ to, cause, at }) => ({ at, text: `Content ${to}`, more: cause ?? '' }));
  const marks = deals.flatMap((deal) => [
    line(deal.CreatedAt, `Deal with ${deal.miner} begun`, `slot ${(deal.slot % 100) + 1}`),
    line(deal.onChainAt, `Deal with ${deal.miner} published`, `deal ${deal.dealId}`),
    line(deal.sealedAt, `Deal with ${deal.miner} active`, 'proven on chain'),
    ...(deal.live || deal.state === 'ended'
      ? []
      : [line(deal.UpdatedAt, `Deal with ${deal.miner} ${deal.state}`, deal.failureReason ?? '')]),
  ]);
  return [...own, ...marks.filter((mark) => mark !== null)].sort((one, other) => other.at.localeCompare(one.at));
}

function line(at: string | null, text: string, more: string): TimelineLine | null {
  return at === null ? null : { at, text, more };
}

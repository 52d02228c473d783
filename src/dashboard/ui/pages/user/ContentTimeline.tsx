import type { DealStatus, Move } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { Ago } from '../../parts/Ago';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { timelineOf } from './timeline-of';

/** What happened to a content and its deals, newest first. */
export function ContentTimeline({ id, deals }: { id: number; deals: readonly DealStatus[] }) {
  const moves = useAsk<Move[]>(`/content/${id}/timeline`, {}, { every: 15_000 });
  if (moves.error !== null) return <Failure error={moves.error} />;
  if (moves.data === undefined) return <Loading rows={4} />;
  return (
    <ol className="timeline">
      {timelineOf(
        moves.data,
        deals.map(({ deal }) => deal),
      ).map(({ at, text, more }, index) => (
        <li key={index}>
          {text} <span className="quiet">{more}</span>
          <div className="quiet">
            <Ago at={at} />
          </div>
        </li>
      ))}
    </ol>
  );
}

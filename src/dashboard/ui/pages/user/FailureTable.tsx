import { Link } from 'wouter';
import type { DealFailure } from '../../api/types';
import { Ago } from '../../parts/Ago';

/** Deals that went wrong, with the typed reason and the miner's own words. */
export function FailureTable({ failures }: { failures: readonly DealFailure[] }) {
  if (failures.length === 0) return <p className="quiet">Nothing.</p>;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Reason</th>
          <th>Miner</th>
          <th>Phase</th>
          <th>When</th>
          <th>Words</th>
        </tr>
      </thead>
      <tbody>
        {failures.map((failure) => (
          <tr key={failure.id}>
            <td>{failure.reason ?? failure.state}</td>
            <td>
              <Link href={`/network/miners/${failure.miner}`} className="mono" style={{ color: 'var(--accent)' }}>
                {failure.miner}
              </Link>
            </td>
            <td>{failure.phase ?? '–'}</td>
            <td>
              <Ago at={failure.CreatedAt} />
            </td>
            <td className="quiet" style={{ overflowWrap: 'anywhere' }}>
              {failure.message}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

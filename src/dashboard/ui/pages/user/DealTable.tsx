import { Link } from 'wouter';
import type { Deal } from '../../api/types';
import { formatBytes } from '../../format/bytes';
import { Ago } from '../../parts/Ago';
import { Fil } from '../../parts/Fil';
import { Id } from '../../parts/Id';
import { StateText } from '../../parts/StateText';

/** Deals with their states and reasons, newest first. */
export function DealTable({ deals }: { deals: readonly Deal[] }) {
  if (deals.length === 0) return <p className="quiet">None yet.</p>;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Miner</th>
          <th>State</th>
          <th className="number">Deal</th>
          <th>Proposal</th>
          <th className="number">Piece</th>
          <th className="number">Cost</th>
          <th>Made</th>
          <th>Why</th>
        </tr>
      </thead>
      <tbody>
        {deals
          .toSorted((one, other) => other.id - one.id)
          .map((deal) => (
            <tr key={deal.id} data-row>
              <td>
                <Link href={`/network/miners/${deal.miner}`} className="mono" style={{ color: 'var(--accent)' }}>
                  {deal.miner}
                </Link>
              </td>
              <td>
                <StateText state={deal.state} />
              </td>
              <td className="number" data-label="deal">
                <Id value={deal.dealId === 0 ? null : deal.dealId} />
              </td>
              <td data-label="proposal">
                <Id value={deal.propCid} />
              </td>
              <td className="number">{formatBytes(deal.pieceSize)}</td>
              <td className="number">
                <Fil atto={deal.totalCost} />
              </td>
              <td>
                <Ago at={deal.CreatedAt} />
              </td>
              <td className="quiet" title={deal.failureMessage ?? ''}>
                {deal.failureReason ?? ''}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

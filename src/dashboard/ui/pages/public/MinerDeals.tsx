import { Link } from 'wouter';
import type { MinerDeal } from '../../api/miner-types';
import { formatBytes } from '../../format/bytes';
import { Ago } from '../../parts/Ago';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { StateText } from '../../parts/StateText';
import { shortId } from '../../format/ids';

/** The deals of one miner, public: no account, no name. */
export function MinerDeals({ deals }: { deals: readonly MinerDeal[] | undefined }) {
  if (deals === undefined) return <Loading />;
  if (deals.length === 0) return <p className="quiet">No deal was made with this miner.</p>;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Content</th>
          <th>State</th>
          <th className="number">Deal</th>
          <th>Piece</th>
          <th className="number">Size</th>
          <th>Made</th>
          <th>Changed</th>
        </tr>
      </thead>
      <tbody>
        {deals.map((deal) => (
          <tr key={deal.id} data-row>
            <td>
              <Link href={`/verify/${deal.contentCid}`} className="mono" style={{ color: 'var(--accent)' }}>
                {shortId(deal.contentCid)}
              </Link>
            </td>
            <td>
              <StateText state={deal.state} />
            </td>
            <td className="number" data-label="deal">
              <Id value={deal.dealId} />
            </td>
            <td data-label="piece">
              <Id value={deal.pieceCid} />
            </td>
            <td className="number">{formatBytes(deal.pieceSize)}</td>
            <td data-label="made">
              <Ago at={deal.createdAt} />
            </td>
            <td data-label="changed">
              <Ago at={deal.updatedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

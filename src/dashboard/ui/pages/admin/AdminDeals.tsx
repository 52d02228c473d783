import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import type { Piece } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { formatCount } from '../../format/fil';
import { Ago } from '../../parts/Ago';
import { Confirm } from '../../parts/Confirm';
import { Failure } from '../../parts/Failure';
import { Figures } from '../../parts/Figures';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import type { Progress } from './types';

/** Deals and pieces by state, what waits and why, and the switch for all of it. */
export default function AdminDeals() {
  const progress = useAsk<Progress>('/admin/cm/progress', {}, { every: 5_000 });
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  if (progress.error !== null) return <Failure error={progress.error} again={() => void progress.refetch()} />;
  if (progress.data === undefined) return <Loading />;
  const { data } = progress;
  const on = data.dealMakingEnabled;
  return (
    <>
      <PageHead
        title="Deal making"
        sentence={
          on
            ? `On. ${data.waiting.length === 0 ? 'No piece waits.' : `${data.waiting.length} pieces wait for deals.`}`
            : 'Off: no new deals are made.'
        }
      >
        <Button variant="default" onClick={() => setAsking(true)}>
          {on ? 'Switch off' : 'Switch on'}
        </Button>
      </PageHead>
      <Figures
        lines={[
          ...Object.entries(data.deals).map(([state, count]) => ({
            label: `Deals ${state}`,
            value: formatCount(count),
          })),
          ...Object.entries(data.pieces).map(([state, count]) => ({
            label: `Pieces ${state}`,
            value: formatCount(count),
          })),
        ]}
      />
      <Section title="Pieces that wait longest">
        <WaitingPieces pieces={data.waiting} />
      </Section>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={on ? 'Switch deal making off' : 'Switch deal making on'}
        verb={on ? 'Switch off' : 'Switch on'}
        act={() =>
          ask('/admin/cm/dealmaking', { method: 'POST', body: { enabled: !on } }).then(() =>
            queries.invalidateQueries({ queryKey: ['/admin/cm/progress'] }),
          )
        }
      >
        <p>
          {on
            ? 'No new deals are made, not even to replace failed ones, until it is switched on again. What is with miners goes on.'
            : 'Pieces that wait get their deals.'}
        </p>
      </Confirm>
    </>
  );
}

function WaitingPieces({ pieces }: { pieces: readonly Piece[] }) {
  if (pieces.length === 0) return <p className="quiet">None.</p>;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Piece</th>
          <th>State</th>
          <th className="number">Active</th>
          <th className="number">Size</th>
          <th>Since</th>
          <th>Last error</th>
        </tr>
      </thead>
      <tbody>
        {pieces.map((piece) => (
          <tr key={piece.carId}>
            <td>
              <Id value={piece.pieceCid ?? piece.carId} />
            </td>
            <td>{piece.state}</td>
            <td className="number" data-label="active">
              {piece.activeDeals} of {piece.replication}
            </td>
            <td className="number">{formatBytes(piece.carBytes)}</td>
            <td>
              <Ago at={piece.createdAt} />
            </td>
            <td className="quiet">{piece.lastError ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

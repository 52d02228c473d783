import { Button, Group } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { ask } from '../../api/client';
import type { MinerStats } from '../../api/miner-types';
import { formatSpeed } from '../../format/bytes';
import { formatCount, formatFil, formatShare } from '../../format/fil';
import { formatDuration } from '../../format/time';

const LINES: readonly [string, (stats: MinerStats) => string][] = [
  ['Active deals', ({ activeDeals }) => formatCount(activeDeals)],
  ['Deals that failed', ({ errorCount }) => formatCount(errorCount)],
  ['Proposals accepted', ({ figures }) => formatShare(figures.acceptRate)],
  ['To publish, median', ({ figures }) => formatDuration(figures.publishMs)],
  ['To seal, median', ({ figures }) => formatDuration(figures.sealMs)],
  ['Transfer', ({ figures }) => formatSpeed(figures.transferBytesPerSecond)],
  ['Retrievals that worked', ({ figures }) => formatShare(figures.retrievalSuccessRate)],
  ['First byte, median', ({ figures }) => formatDuration(figures.retrievalFirstByteMs)],
  ['Ask per GiB and epoch', ({ ask: price }) => formatFil(price?.price)],
];

/** Two to four miners side by side, by what was measured of them in the last 30 days. */
export function CompareMiners({ addresses, onClose }: { addresses: readonly string[]; onClose: () => void }) {
  const answers = useQueries({
    queries: addresses.map((addr) => ({
      queryKey: [`/public/miners/stats/${addr}`, {}],
      queryFn: () => ask<MinerStats>(`/public/miners/stats/${addr}`, { anonymous: true }),
    })),
  });
  return (
    <div className="card" style={{ marginBottom: 16, overflowX: 'auto' }}>
      <Group justify="space-between" mb={8}>
        <strong>Compared, last 30 days</strong>
        <Button size="compact-xs" variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
      <table style={{ borderCollapse: 'collapse', fontSize: 13 }}>
        <thead>
          <tr>
            <td />
            {addresses.map((addr) => (
              <th key={addr} className="mono" style={{ textAlign: 'right', padding: '4px 0 4px 24px' }}>
                {addr}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {LINES.map(([label, show]) => (
            <tr key={label}>
              <th scope="row" className="quiet" style={{ textAlign: 'left', fontWeight: 400, padding: '4px 0' }}>
                {label}
              </th>
              {answers.map(({ data }, at) => (
                <td key={addresses[at]} style={{ textAlign: 'right', padding: '4px 0 4px 24px', whiteSpace: 'nowrap' }}>
                  {data === undefined ? '…' : show(data)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

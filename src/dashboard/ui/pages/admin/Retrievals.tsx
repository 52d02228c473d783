import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { formatCount } from '../../format/fil';
import { formatDuration } from '../../format/time';
import { Ago } from '../../parts/Ago';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Figures } from '../../parts/Figures';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { StateText } from '../../parts/StateText';
import type { Retrieval, RetrievalStats } from './types';

/** What came back from miners: how often, how fast, and what failed. */
export default function Retrievals() {
  const stats = useAsk<RetrievalStats>('/admin/retrieval/stats', {}, { every: 10_000 });
  const rows = useAsk<Retrieval[]>('/retrievals', {}, { every: 5_000 });
  return (
    <>
      <PageHead
        title="Retrievals"
        sentence={
          stats.data && `${formatCount(stats.data.stored)} of ${formatCount(stats.data.total)} came back whole.`
        }
      />
      {stats.data !== undefined && (
        <Figures
          lines={[
            { label: 'Running', value: formatCount(stats.data.live) },
            { label: 'Came back', value: formatCount(stats.data.stored) },
            { label: 'Failed', value: formatCount(stats.data.failed) },
            { label: 'Bytes', value: formatBytes(stats.data.bytes) },
            { label: 'First byte, median', value: formatDuration(stats.data.medianFirstByteMs) },
          ]}
        />
      )}
      <Section title="Newest">
        {rows.error !== null && <Failure error={rows.error} again={() => void rows.refetch()} />}
        {rows.isPending && <Loading />}
        {rows.data?.length === 0 && (
          <Empty title="No retrieval yet">One begins when somebody reads what only miners hold.</Empty>
        )}
        {rows.data !== undefined && rows.data.length > 0 && <Rows rows={rows.data} />}
      </Section>
    </>
  );
}

function Rows({ rows }: { rows: readonly Retrieval[] }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>CID</th>
          <th>State</th>
          <th>From</th>
          <th className="number">Bytes</th>
          <th className="number">First byte</th>
          <th className="number">Took</th>
          <th>Begun</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <Id value={row.cid} />
            </td>
            <td>
              <StateText state={row.state} />
            </td>
            <td>{row.miner ?? row.source ?? '–'}</td>
            <td className="number">{formatBytes(row.bytes)}</td>
            <td className="number" data-label="first byte">
              {formatDuration(row.firstByteMs)}
            </td>
            <td className="number" data-label="took">
              {formatDuration(row.durationMs)}
            </td>
            <td>
              <Ago at={row.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

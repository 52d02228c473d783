import { Bars } from '../../charts/Bars';
import type { BandwidthHour, DealsDay, PublicInfo, PublicStats } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { formatCount } from '../../format/fil';
import { Ago } from '../../parts/Ago';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Figures } from '../../parts/Figures';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { bandwidthColumns } from './bandwidth-columns';

const DEALS = [
  { name: 'sealed', ink: 'var(--chart-1)' },
  { name: 'failed', ink: 'var(--chart-bad)' },
] as const;
const BYTES = [
  { name: 'in', ink: 'var(--chart-2)' },
  { name: 'out', ink: 'var(--chart-1)' },
] as const;

/** The platform and the chain it works on, in charts. */
export default function Network() {
  const stats = useAsk<PublicStats>('/public/stats', { anonymous: true }, { every: 5_000 });
  const info = useAsk<PublicInfo>('/public/info', { anonymous: true }, { every: 15_000 });
  const days = useAsk<DealsDay[]>('/public/metrics/deals-on-chain', { anonymous: true }, { every: 60_000 });
  const hours = useAsk<BandwidthHour[]>(
    '/public/metrics/bandwidth',
    { anonymous: true, query: { hours: 48 } },
    { every: 60_000 },
  );
  return (
    <>
      <PageHead title="Network" sentence={info.data && <Chain info={info.data} />} />
      {stats.error !== null && <Failure error={stats.error} again={() => void stats.refetch()} />}
      <Figures
        lines={[
          { label: 'Deals active', value: formatCount(stats.data?.dealsActive) },
          { label: 'Deals on chain', value: formatCount(stats.data?.dealsOnChain) },
          { label: 'Files stored', value: formatCount(stats.data?.totalFilesStored) },
          { label: 'Bytes stored', value: formatBytes(stats.data?.totalStorage) },
          { label: 'Miners', value: formatCount(stats.data?.totalStorageMiner), href: '/network/miners' },
          { label: 'Bytes served', value: formatBytes(stats.data?.bytesOut) },
        ]}
      />
      <Section title="Deals by day (UTC)">
        {days.isPending && <Loading rows={4} />}
        {days.error !== null && <Failure error={days.error} />}
        {days.data?.length === 0 && <Empty title="No deal yet">The first upload brings six.</Empty>}
        {days.data !== undefined && days.data.length > 0 && (
          <Bars
            series={DEALS}
            columns={days.data
              .slice(-60)
              .map((day) => ({ label: day.time, values: [day.dealsSealed, day.dealsFailed] }))}
            format={formatCount}
            about="Deals sealed and failed by day"
          />
        )}
      </Section>
      <Section title="Traffic by hour, two days">
        {hours.isPending && <Loading rows={4} />}
        {hours.error !== null && <Failure error={hours.error} />}
        {hours.data !== undefined && (
          <Bars
            series={BYTES}
            columns={bandwidthColumns(hours.data)}
            format={formatBytes}
            about="Bytes in and out by hour"
          />
        )}
      </Section>
    </>
  );
}

function Chain({ info }: { info: PublicInfo }) {
  return (
    <>
      {info.network}, {info.head === null ? 'the chain does not answer' : `epoch ${formatCount(info.head.height)}, `}
      {info.head !== null && <Ago at={info.head.at} />}. Deals are paid by <Id value={info.primaryAddress} />.
    </>
  );
}

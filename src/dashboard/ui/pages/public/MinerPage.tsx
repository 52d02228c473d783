import { Badge } from '@mantine/core';
import { useParams } from 'wouter';
import type { MinerDeal, MinerStats } from '../../api/miner-types';
import { useAsk } from '../../api/use-ask';
import { formatBytes, formatSpeed } from '../../format/bytes';
import { formatCount, formatShare } from '../../format/fil';
import { exactTime, formatDuration } from '../../format/time';
import { Bands, type BandLine } from '../../charts/Bands';
import { Fil } from '../../parts/Fil';
import { Failure } from '../../parts/Failure';
import { Figures } from '../../parts/Figures';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { FailureBars } from './FailureBars';
import { MinerDeals } from './MinerDeals';
import { MinerScore } from './MinerScore';

/** One miner: who it is, how it did, what failed, and its deals. */
export default function MinerPage() {
  const { miner = '' } = useParams<{ miner: string }>();
  const path = encodeURIComponent(miner);
  const stats = useAsk<MinerStats>(`/public/miners/stats/${path}`, { anonymous: true }, { every: 15_000 });
  const deals = useAsk<MinerDeal[]>(`/public/miners/deals/${path}`, { anonymous: true, query: { limit: 100 } });
  if (stats.error !== null && stats.data === undefined) return <Failure error={stats.error} />;
  if (stats.data === undefined) return <Loading rows={10} />;
  const { data } = stats;
  return (
    <>
      <PageHead title={data.name === '' ? data.miner : `${data.name} (${data.miner})`} sentence={sentence(data)}>
        {data.suspended ? <Badge color="red.9">suspended</Badge> : <Badge color="tide.8">open for deals</Badge>}
      </PageHead>
      <MinerFiguresView stats={data} />
      <MinerScore stats={data} />
      <Section title="How long it takes">
        <Bands lines={bandsOf(data)} format={formatDuration} />
      </Section>
      <Section title={`Failures, last ${data.days} days`}>
        <FailureBars failures={data.failed.byReason} />
      </Section>
      <Section title="Who it is">
        <Identity stats={data} />
      </Section>
      <Section title="Deals, newest first">
        {deals.error !== null ? <Failure error={deals.error} /> : <MinerDeals deals={deals.data} />}
      </Section>
    </>
  );
}

function MinerFiguresView({ stats }: { stats: MinerStats }) {
  const { figures } = stats;
  return (
    <Figures
      lines={[
        { label: 'Active deals', value: formatCount(stats.activeDeals) },
        {
          label: 'Proposals accepted',
          value: formatShare(figures.acceptRate),
          note: `of ${figures.proposals} proposals`,
        },
        { label: 'To publish, median', value: formatDuration(figures.publishMs) },
        { label: 'To seal, median', value: formatDuration(figures.sealMs) },
        { label: 'Transfer', value: formatSpeed(figures.transferBytesPerSecond) },
        {
          label: 'Retrievals that worked',
          value: formatShare(figures.retrievalSuccessRate),
          note: `of ${figures.retrievals}`,
        },
        { label: 'First byte, median', value: formatDuration(figures.retrievalFirstByteMs) },
        { label: 'Deals that failed', value: formatCount(stats.errorCount) },
      ]}
    />
  );
}

function Identity({ stats }: { stats: MinerStats }) {
  return (
    <dl className="facts">
      <dt>Address</dt>
      <dd>
        <Id value={stats.miner} />
      </dd>
      <dt>Owner</dt>
      <dd>
        <Id value={stats.chainInfo.owner} />
      </dd>
      <dt>Worker</dt>
      <dd>
        <Id value={stats.chainInfo.worker} />
      </dd>
      <dt>Peer</dt>
      <dd>
        <Id value={stats.chainInfo.peerId} />
      </dd>
      <dt>Addresses</dt>
      <dd>{stats.chainInfo.addresses.length === 0 ? '–' : stats.chainInfo.addresses.join(', ')}</dd>
      <dt>Region</dt>
      <dd>{stats.region ?? 'not known'}</dd>
      <dt>Version</dt>
      <dd>{stats.version === '' ? '–' : stats.version}</dd>
      <dt>Ask</dt>
      <dd>
        <Fil atto={stats.ask?.price} /> per GiB and epoch; verified <Fil atto={stats.ask?.verifiedPrice} />
      </dd>
      <dt>Pieces</dt>
      <dd>
        {formatBytes(stats.ask?.minPieceSize)} to {formatBytes(stats.ask?.maxPieceSize)}
      </dd>
    </dl>
  );
}

function bandsOf({ times, retrieval }: MinerStats): BandLine[] {
  return [
    { name: 'To accept', values: times.acceptMs },
    { name: 'To transfer', values: times.transferMs },
    { name: 'To publish', values: times.publishMs },
    { name: 'To seal', values: times.sealMs },
    { name: 'First byte of a retrieval', values: retrieval.firstByteMs },
  ];
}

function suspendedSentence({ suspension, suspendedReason }: MinerStats): string {
  const by = suspension?.by === null || suspension?.by === undefined ? '' : ` by ${suspension.by}`;
  const until = suspension?.until ? `, until ${exactTime(suspension.until)}` : '';
  return `No new deals are made with it: suspended${by}${until}: ${suspendedReason || 'no reason was given'}.`;
}

function sentence(stats: MinerStats): string {
  if (stats.suspended) return suspendedSentence(stats);
  if (stats.dealCount === 0) return 'Known, but no deal was made with it yet.';
  return `${formatCount(stats.activeDeals)} of ${formatCount(stats.dealCount)} deals are active; ${formatCount(stats.errorCount)} failed.`;
}

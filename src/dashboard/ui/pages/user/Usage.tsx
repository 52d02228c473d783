import { Progress } from '@mantine/core';
import type { Limits } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { formatCount, formatFil } from '../../format/fil';
import { Failure } from '../../parts/Failure';
import { Figures } from '../../parts/Figures';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';

interface Stats {
  totalSize: number;
  numPins: number;
  bytesIn: number;
  bytesOut: number;
}

/** What this account uses, and what it may. */
export default function Usage() {
  const limits = useAsk<Limits>('/user/limits', {}, { every: 10_000 });
  const stats = useAsk<Stats>('/user/stats', {}, { every: 10_000 });
  if (limits.error !== null) return <Failure error={limits.error} again={() => void limits.refetch()} />;
  if (limits.data === undefined) return <Loading />;
  const { usage, limits: caps } = limits.data;
  return (
    <>
      <PageHead
        title="Usage"
        sentence={`${formatBytes(usage.bytes ?? 0)} in ${formatCount(usage.contents ?? 0)} files and ${formatCount(usage.pins ?? 0)} pins.`}
      />
      <Figures
        lines={[
          { label: 'Stored', value: formatBytes(usage.bytes ?? 0), href: '/app/files' },
          { label: 'Files', value: formatCount(usage.contents ?? 0), href: '/app/files' },
          { label: 'Pins', value: formatCount(usage.pins ?? 0), href: '/app/pins' },
          { label: 'Bytes in', value: formatBytes(stats.data?.bytesIn) },
          { label: 'Bytes out', value: formatBytes(stats.data?.bytesOut) },
          { label: 'Spent on deals today', value: formatFil(usage.spendToday ?? null), href: '/app/deals' },
        ]}
      />
      <Section title="Quotas">
        <Quota label="Bytes" used={usage.bytes ?? 0} quota={caps.bytesQuota} format={formatBytes} />
        <Quota label="Pins" used={usage.pins ?? 0} quota={caps.pinsQuota} format={formatCount} />
        <p className="quiet">
          Deals may cost {caps.spendPerDay === null ? 'any sum' : formatFil(caps.spendPerDay)} a day.
        </p>
      </Section>
    </>
  );
}

interface QuotaProps {
  label: string;
  used: number;
  /** Null: none. */
  quota: number | null;
  format: (value: number) => string;
}

function Quota({ label, used, quota, format }: QuotaProps) {
  if (quota === null) return <p>{`${label}: no quota.`}</p>;
  const share = quota === 0 ? 100 : Math.min(100, (used / quota) * 100);
  return (
    <div style={{ marginBottom: 12, maxWidth: 480 }}>
      <div>{`${label}: ${format(used)} of ${format(quota)}`}</div>
      <Progress value={share} color={share > 90 ? 'red.8' : 'tide'} aria-label={`${label} used`} />
    </div>
  );
}

import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { formatCount } from '../../format/fil';
import { Failure } from '../../parts/Failure';

/** Bytes of this content that left towards readers. */
export function ContentTraffic({ id }: { id: number }) {
  const traffic = useAsk<{ totalOut: number; requests: number }>(`/content/bw-usage/${id}`, {}, { every: 15_000 });
  if (traffic.error !== null) return <Failure error={traffic.error} />;
  if (traffic.data === undefined) return <p className="quiet">…</p>;
  const { totalOut, requests } = traffic.data;
  return (
    <p style={{ margin: 0 }}>
      {requests === 0
        ? 'Nobody has read it yet.'
        : `${formatBytes(totalOut)} left in ${formatCount(requests)} requests.`}
    </p>
  );
}

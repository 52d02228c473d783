import { SixDots } from '../../parts/SixDots';
import { slotStates } from '../../parts/slots';
import { useNow } from '../../parts/useNow';
import { useContentStatus } from './use-content-status';

/** The six dots of one content; they go on filling while somebody looks. */
export function ContentDots({ id, replication, size }: { id: number; replication: number; size?: number }) {
  const { data } = useContentStatus(id);
  const now = useNow();
  const deals = data?.deals.map(({ deal }) => deal) ?? [];
  return (
    <SixDots
      states={slotStates(deals, data?.replication ?? replication, now)}
      {...(size === undefined ? {} : { size })}
    />
  );
}

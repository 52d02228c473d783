import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { ask } from '../../api/client';
import type { ContentStatus, DealFailure } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { SixDots } from '../../parts/SixDots';
import { slotStates } from '../../parts/slots';
import { useNow } from '../../parts/useNow';
import { FailureTable } from './FailureTable';

const PAGE = 25;

/** Contents with their deals, and what went wrong lately. */
export default function Deals() {
  const pages = useInfiniteQuery({
    queryKey: ['/content/deals', {}],
    queryFn: ({ pageParam, signal }) =>
      ask<ContentStatus[]>('/content/deals', { query: { limit: PAGE, before: pageParam }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.content.id),
    refetchInterval: 5_000,
  });
  const failures = useAsk<DealFailure[]>('/deals/failures', { query: { limit: 50 } }, { every: 15_000 });
  const found = (pages.data?.pages ?? []).flat();
  const short = found.filter(({ progress }) => progress.active < progress.wanted).length;
  return (
    <>
      <PageHead
        title="Deals"
        sentence={
          pages.data &&
          (short === 0 ? 'Everything shown here has all its deals.' : `${short} of those shown still wait for deals.`)
        }
      />
      {pages.error !== null && <Failure error={pages.error} again={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      {pages.data !== undefined && found.length === 0 && (
        <Empty title="No deals yet">They begin a few seconds after an upload.</Empty>
      )}
      {found.length > 0 && <ContentsWithDeals found={found} />}
      {pages.hasNextPage && (
        <Button mt={12} variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          More
        </Button>
      )}
      <Section title="What failed lately, and was replaced">
        {failures.error !== null && <Failure error={failures.error} />}
        {failures.data !== undefined && <FailureTable failures={failures.data} />}
      </Section>
    </>
  );
}

function ContentsWithDeals({ found }: { found: readonly ContentStatus[] }) {
  const now = useNow();
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Content</th>
          <th>Deals</th>
          <th className="number">Active</th>
          <th className="number">Failed</th>
          <th className="number">Size</th>
        </tr>
      </thead>
      <tbody>
        {found.map(({ content, deals, replication, progress, failuresCount }) => (
          <tr key={content.id} data-row>
            <td>
              <Link href={`/app/content/${content.id}`} style={{ color: 'var(--accent)' }}>
                {content.name || content.cid}
              </Link>
            </td>
            <td>
              <SixDots
                states={slotStates(
                  deals.map(({ deal }) => deal),
                  replication,
                  now,
                )}
              />
            </td>
            <td className="number" data-label="active">
              {progress.text}
            </td>
            <td className="number" data-label="failed">
              {failuresCount}
            </td>
            <td className="number">{formatBytes(content.size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

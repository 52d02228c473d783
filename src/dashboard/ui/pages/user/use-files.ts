import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ask } from '../../api/client';
import type { Content } from '../../api/types';
import { looksLikeCid } from '../../format/ids';

const PAGE = 200;

export interface Files {
  /** All that was read so far. */
  loaded: readonly Content[];
  /** Those of them that the search finds. */
  shown: readonly Content[];
  isPending: boolean;
  error: Error | null;
  hasMore: boolean;
  /** Reads the next page, once at a time. */
  more: () => void;
  again: () => void;
}

/**
 * The account's contents in pages of 200 by `before`, newest first; looked at again every ten seconds. A CID is asked
 * for as such, a name is looked for in what was read.
 */
export function useFiles(search: string): Files {
  const asksCid = looksLikeCid(search);
  const pages = useInfiniteQuery({
    queryKey: ['/content/contents', {}],
    queryFn: ({ pageParam, signal }) =>
      ask<Content[]>('/content/contents', { query: { limit: PAGE, before: pageParam }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.id),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : 10_000),
    enabled: !asksCid,
  });
  const byCid = useQuery({
    queryKey: ['/content/by-cid', search],
    queryFn: () => ask<{ content: Content }[]>(`/content/by-cid/${encodeURIComponent(search)}`),
    enabled: asksCid,
  });
  const loaded = asksCid ? (byCid.data ?? []).map(({ content }) => content) : (pages.data?.pages ?? []).flat();
  const wanted = search.toLowerCase();
  return {
    loaded,
    shown: asksCid || wanted === '' ? loaded : loaded.filter(({ name }) => name.toLowerCase().includes(wanted)),
    isPending: asksCid ? byCid.isPending : pages.isPending,
    error: asksCid ? byCid.error : pages.error,
    hasMore: !asksCid && pages.hasNextPage,
    more: () => void (pages.isFetchingNextPage ? undefined : pages.fetchNextPage()),
    again: () => void (asksCid ? byCid.refetch() : pages.refetch()),
  };
}

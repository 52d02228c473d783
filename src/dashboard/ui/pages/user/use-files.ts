import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ask } from '../../api/client';
import type { Content } from '../../api/types';

const PAGE = 200;

/** Which files, in which order; as the API takes it, and as the address of the page has it. */
export interface FileQuery {
  /** The beginning of a name or tag, or a CID; empty for all. */
  search: string;
  sort: FileSort;
  order: 'asc' | 'desc';
}

export type FileSort = 'added' | 'name' | 'size';

export interface Files {
  /** All that was read so far. */
  loaded: readonly Content[];
  isPending: boolean;
  error: Error | null;
  hasMore: boolean;
  /** Reads the next page, once at a time. */
  more: () => void;
  again: () => void;
}

/** The account's contents in pages of 200 by `before`; the first page is looked at again every ten seconds. */
export function useFiles({ search, sort, order }: FileQuery): Files {
  const isPlain = search === '' && sort === 'added' && order === 'desc';
  const asked = isPlain ? {} : { q: search, sort, order };
  const pages = useInfiniteQuery({
    queryKey: ['/content/contents', asked],
    queryFn: ({ pageParam, signal }) =>
      ask<Content[]>('/content/contents', { query: { ...asked, limit: PAGE, before: pageParam }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.id),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : 10_000),
    placeholderData: keepPreviousData,
  });
  return {
    loaded: (pages.data?.pages ?? []).flat(),
    isPending: pages.isPending,
    error: pages.error,
    hasMore: pages.hasNextPage,
    more: () => void (pages.isFetchingNextPage ? undefined : pages.fetchNextPage()),
    again: () => void pages.refetch(),
  };
}

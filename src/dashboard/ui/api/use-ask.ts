import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { ask, type ApiError, type Asked } from './client';

export interface Watched {
  /** Milliseconds between two looks; false looks once. */
  every?: number | false;
  enabled?: boolean;
}

/**
 * What a GET route says, kept for all parts of the page that ask the same. A failure shows what was known before, and
 * is tried again where waiting can help.
 */
export function useAsk<T>(
  path: string,
  asked: Omit<Asked, 'signal' | 'method' | 'body'> = {},
  { every = false, enabled = true }: Watched = {},
): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, asked.query ?? {}],
    queryFn: ({ signal }) => ask<T>(path, { ...asked, signal }),
    refetchInterval: every,
    placeholderData: keepPreviousData,
    enabled,
  });
}

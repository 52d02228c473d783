import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { ask, type ApiError } from '../../api/client';
import type { ContentStatus } from '../../api/types';

const WHILE_IT_MOVES_MS = 2_000;
const WHEN_ALL_IS_DONE_MS = 60_000;

/** A content with its deals: asked often until all its deals are active, then seldom. */
export function useContentStatus(id: number | string): UseQueryResult<ContentStatus, ApiError> {
  return useQuery<ContentStatus, ApiError>({
    queryKey: ['/content/status', String(id)],
    queryFn: ({ signal }) => ask<ContentStatus>(`/content/status/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (isDone(state.data) ? WHEN_ALL_IS_DONE_MS : WHILE_IT_MOVES_MS),
    staleTime: 1_500,
  });
}

/** Whether every slot of every piece is active. */
export function isDone(status: ContentStatus | undefined): boolean {
  return status !== undefined && status.progress.active >= status.progress.wanted;
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, ask } from './client';
import { storeKey } from './session';
import type { Viewer } from './types';

const QUERY_KEY = ['/viewer'];

/** Who is signed in: null nobody, undefined not known yet. */
export function useViewer(): Viewer | null | undefined {
  const { data } = useQuery({ queryKey: QUERY_KEY, queryFn: readViewer, staleTime: 60_000 });
  return data;
}

/** After signing in or out: nothing that was read before may be shown to somebody else. */
export function useForget(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== QUERY_KEY[0] });
    await queries.invalidateQueries({ queryKey: QUERY_KEY });
  };
}

/** A key that no longer works is forgotten; a platform that is away says nothing about who we are. */
async function readViewer(): Promise<Viewer | null> {
  try {
    return await ask<Viewer>('/viewer');
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    storeKey(null);
    return null;
  }
}

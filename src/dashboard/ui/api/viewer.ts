import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, ask } from './client';
import { forgetPinsKey } from './pins-key';
import { holdCsrfToken, maySignedIn, storedKey, storeKey } from './session';
import type { Session, Viewer } from './types';

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

/** Begins a session that this browser keeps. @throws ApiError */
export async function signIn(username: string, password: string): Promise<void> {
  storeKey(null);
  const { csrfToken } = await ask<Session>('/session', { method: 'POST', body: { username, password } });
  holdCsrfToken(csrfToken);
}

/** Ends the session; a pasted key is only forgotten. */
export async function signOut(): Promise<void> {
  if (storedKey() === null) await ask('/session', { method: 'DELETE' });
  storeKey(null);
  holdCsrfToken(null);
  forgetPinsKey();
}

/** A key or session that no longer works is forgotten; a platform that is away says nothing about who we are. */
async function readViewer(): Promise<Viewer | null> {
  if (!maySignedIn()) return null;
  try {
    if (storedKey() === null) holdCsrfToken((await ask<Session>('/session')).csrfToken);
    return await ask<Viewer>('/viewer');
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    storeKey(null);
    holdCsrfToken(null);
    return null;
  }
}

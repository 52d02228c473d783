import { useSyncExternalStore } from 'react';
import type { DroppedFile } from './dropped-files';
import { sendFile } from './send-file';
import type { Uploaded } from '../../api/types';

export type UploadState = 'waiting' | 'sending' | 'storing' | 'done' | 'failed' | 'cancelled';

/** One file on its way; replaced, never changed. */
export interface Upload {
  id: number;
  path: string;
  size: number;
  file: File;
  state: UploadState;
  /** Bytes that have left. */
  sent: number;
  startedAt: number | null;
  endedAt: number | null;
  result: Uploaded | null;
  error: Error | null;
  cancel: (() => void) | null;
}

/** So many at once: more would only share the same line. */
const AT_ONCE = 3;

let uploads: readonly Upload[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

/** All uploads of this tab; they go on while other pages are open. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
}

/** Puts files at the end of the queue. */
export function addUploads(files: readonly DroppedFile[]): void {
  const fresh = files.map(({ file, path }): Upload => ({
    id: nextId++,
    path,
    size: file.size,
    file,
    state: 'waiting',
    sent: 0,
    startedAt: null,
    endedAt: null,
    result: null,
    error: null,
    cancel: null,
  }));
  replace([...uploads, ...fresh]);
  startMore();
}

/** Takes one back: one that has not begun never does, one that runs is broken off and leaves nothing. */
export function cancelUpload(id: number): void {
  const upload = uploads.find((one) => one.id === id);
  if (upload?.state === 'waiting') change(id, { state: 'cancelled' });
  upload?.cancel?.();
}

/** Tries one that failed or was cancelled again, from its beginning. */
export function retryUpload(id: number): void {
  change(id, { state: 'waiting', sent: 0, error: null, startedAt: null, endedAt: null });
  startMore();
}

/** Takes what is finished off the list. */
export function clearFinished(): void {
  replace(uploads.filter(({ state }) => state === 'waiting' || state === 'sending' || state === 'storing'));
}

function startMore(): void {
  const running = uploads.filter(({ state }) => state === 'sending' || state === 'storing').length;
  for (const upload of uploads.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, AT_ONCE - running)))
    void run(upload);
}

async function run({ id, file, path }: Upload): Promise<void> {
  const { done, cancel } = sendFile(file, path, (sent) =>
    change(id, { sent, state: sent >= file.size ? 'storing' : 'sending' }),
  );
  change(id, { state: 'sending', startedAt: performance.now(), cancel });
  try {
    const result = await done;
    change(id, { state: 'done', sent: file.size, result, endedAt: performance.now(), cancel: null });
  } catch (error) {
    const cancelled = error instanceof DOMException;
    change(id, {
      state: cancelled ? 'cancelled' : 'failed',
      error: cancelled ? null : (error as Error),
      endedAt: performance.now(),
      cancel: null,
    });
  }
  startMore();
}

function change(id: number, what: Partial<Upload>): void {
  replace(uploads.map((upload) => (upload.id === id ? { ...upload, ...what } : upload)));
}

function replace(fresh: readonly Upload[]): void {
  uploads = fresh;
  for (const listener of listeners) listener();
}

// Whoever closes the tab while bytes are on their way is asked first.
window.addEventListener('beforeunload', (event) => {
  if (uploads.some(({ state }) => state === 'sending' || state === 'storing')) event.preventDefault();
});

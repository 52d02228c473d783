import { useSyncExternalStore } from 'react';
import type { DroppedFile } from './dropped-files';
import { groupUploads } from './group-uploads';
import { RESUMABLE_BYTES, sendFile, sendFolder } from './send-file';
import type { Uploaded } from '../../api/types';

export type UploadState = 'waiting' | 'sending' | 'storing' | 'done' | 'failed' | 'cancelled';

/** One file, or one folder, on its way; replaced, never changed. */
export interface Upload {
  id: number;
  path: string;
  size: number;
  files: readonly DroppedFile[];
  /** A folder becomes one directory with one CID. */
  isFolder: boolean;
  /** Whether it goes on where it was after a break. */
  resumable: boolean;
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

/** Puts files at the end of the queue; those of one folder go together. */
export function addUploads(files: readonly DroppedFile[]): void {
  const fresh = groupUploads(files).map((group): Upload => ({
    id: nextId++,
    ...group,
    resumable: !group.isFolder && group.size >= RESUMABLE_BYTES,
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

/** Takes one back: one that has not begun never does, one that runs is broken off. */
export function cancelUpload(id: number): void {
  const upload = uploads.find((one) => one.id === id);
  if (upload?.state === 'waiting') change(id, { state: 'cancelled' });
  upload?.cancel?.();
}

/** Tries one that failed or was cancelled again, a large file from where it was. */
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

async function run({ id, files, path, size, isFolder }: Upload): Promise<void> {
  // The last bytes of a form are its own.
  const onSent = (sent: number) =>
    change(id, { sent: Math.min(sent, size), state: sent >= size ? 'storing' : 'sending' });
  const [first] = files;
  if (first === undefined) return;
  const { done, stop } = isFolder ? sendFolder(files, path, onSent) : sendFile(first, onSent);
  change(id, { state: 'sending', startedAt: performance.now(), cancel: stop });
  try {
    const result = await done;
    change(id, { state: 'done', sent: size, result, endedAt: performance.now(), cancel: null });
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

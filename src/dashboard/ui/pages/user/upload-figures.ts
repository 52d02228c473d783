import type { Upload } from './upload-queue';

export interface UploadFigures {
  count: number;
  done: number;
  bytes: number;
  sent: number;
  /** Of what is under way; null when nothing has left yet. */
  bytesPerSecond: number | null;
  /** Milliseconds until the last byte has left; null when that cannot be told. */
  leftMs: number | null;
}

/** Where the whole queue stands. `now` as `performance.now()`. */
export function uploadFigures(uploads: readonly Upload[], now: number): UploadFigures {
  const wanted = uploads.filter(({ state }) => state !== 'cancelled' && state !== 'failed');
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  const sent = wanted.reduce((sum, upload) => sum + Math.min(upload.sent, upload.size), 0);
  const starts = wanted.flatMap(({ startedAt }) => (startedAt === null ? [] : [startedAt]));
  const unfinished = wanted.some(({ state }) => state !== 'done');
  const end = unfinished ? now : Math.max(0, ...wanted.map(({ endedAt }) => endedAt ?? 0));
  const elapsed = starts.length === 0 ? 0 : end - Math.min(...starts);
  const bytesPerSecond = elapsed < 250 || sent === 0 ? null : (sent / elapsed) * 1_000;
  return {
    count: wanted.length,
    done: wanted.filter(({ state }) => state === 'done').length,
    bytes,
    sent,
    bytesPerSecond,
    leftMs: bytesPerSecond === null ? null : ((bytes - sent) / bytesPerSecond) * 1_000,
  };
}

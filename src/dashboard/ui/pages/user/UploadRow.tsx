import { Button, Group, Progress } from '@mantine/core';
import { Link } from 'wouter';
import { ApiError } from '../../api/client';
import { formatBytes, formatSpeed } from '../../format/bytes';
import { formatDuration } from '../../format/time';
import { Id } from '../../parts/Id';
import { ContentDots } from './ContentDots';
import { cancelUpload, retryUpload, type Upload } from './upload-queue';

/** Replication is the platform's own until the status says the content's. */
const SLOTS = 6;

/** One file on its way, and its deals once it is stored. */
export function UploadRow({ upload }: { upload: Upload }) {
  const { state, result, path } = upload;
  const runs = state === 'sending' || state === 'storing';
  return (
    <div
      className="upload-row"
      data-row
      style={{ borderBottom: '1px solid var(--line)', padding: '8px 0', fontSize: 13 }}
    >
      <Group justify="space-between" gap={12} wrap="nowrap">
        <span style={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {result === null ? (
            path
          ) : (
            <Link href={`/app/content/${result.estuaryId}`} style={{ color: 'var(--accent)' }}>
              {path}
            </Link>
          )}
        </span>
        <Group gap={12} wrap="nowrap" style={{ flexShrink: 0 }}>
          {result !== null && <ContentDots id={result.estuaryId} replication={SLOTS} />}
          <span>{formatBytes(upload.size)}</span>
          {(runs || state === 'waiting') && (
            <Button size="compact-xs" variant="default" onClick={() => cancelUpload(upload.id)}>
              Cancel
            </Button>
          )}
          {(state === 'failed' || state === 'cancelled') && (
            <Button size="compact-xs" variant="default" onClick={() => retryUpload(upload.id)}>
              Try again
            </Button>
          )}
        </Group>
      </Group>
      {runs && (
        <Progress
          size="xs"
          value={upload.size === 0 ? 100 : (upload.sent / upload.size) * 100}
          aria-label={path}
          my={4}
        />
      )}
      <div className={state === 'failed' ? 'bad' : 'quiet'} role="status">
        {result === null ? (
          wordsOf(upload)
        ) : (
          <>
            {upload.isFolder && `${upload.files.length} files, `}stored as <Id value={result.cid} />
          </>
        )}
      </div>
    </div>
  );
}

function wordsOf(upload: Upload): string {
  switch (upload.state) {
    case 'waiting':
      return 'waiting for its turn';
    case 'sending':
      return `sending${speedOf(upload)}`;
    case 'storing':
      return 'all sent; being written to disk';
    case 'cancelled':
      return upload.resumable ? 'stopped; it goes on where it was' : 'cancelled; nothing was stored';
    case 'failed':
      return upload.error instanceof ApiError
        ? `${upload.error.message} (${upload.error.reason})`
        : String(upload.error);
    case 'done':
      return 'stored';
  }
}

function speedOf({ sent, size, startedAt }: Upload): string {
  const elapsed = startedAt === null ? 0 : performance.now() - startedAt;
  if (elapsed < 250 || sent === 0) return '';
  return `, ${formatSpeed((sent / elapsed) * 1_000)}, ${formatDuration(((size - sent) / sent) * elapsed)} left`;
}

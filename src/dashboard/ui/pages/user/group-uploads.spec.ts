import { describe, expect, it } from '@jest/globals';
import { groupUploads } from './group-uploads';
import { uploadFigures } from './upload-figures';
import type { Upload } from './upload-queue';

const dropped = (path: string, size: number) => ({ path, file: { size } as File });

describe('what is dropped', () => {
  it('goes folder by folder, and files for themselves', () => {
    const groups = groupUploads([
      dropped('a.txt', 1),
      dropped('photos/1.jpg', 10),
      dropped('photos/more/2.jpg', 20),
      dropped('a.txt', 2),
      dropped('docs/x', 5),
    ]);
    expect(groups.map(({ path, size, isFolder, files }) => [path, size, isFolder, files.length])).toEqual([
      ['a.txt', 1, false, 1],
      ['photos', 30, true, 2],
      ['a.txt', 2, false, 1],
      ['docs', 5, true, 1],
    ]);
  });
});

describe('the figures of all uploads', () => {
  const upload = (more: Partial<Upload>): Upload => ({
    id: 1,
    path: 'a',
    size: 100,
    files: [],
    isFolder: false,
    resumable: false,
    state: 'waiting',
    sent: 0,
    startedAt: null,
    endedAt: null,
    result: null,
    error: null,
    cancel: null,
    ...more,
  });

  it('tell how fast and how long', () => {
    const figures = uploadFigures(
      [
        upload({ state: 'done', sent: 100, startedAt: 0, endedAt: 500 }),
        upload({ state: 'sending', sent: 50, startedAt: 500 }),
      ],
      1_000,
    );
    expect(figures).toEqual({
      count: 2,
      done: 1,
      bytes: 200,
      sent: 150,
      bytesPerSecond: 150,
      leftMs: (50 / 150) * 1000,
    });
  });

  it('leave out what was cancelled or failed, and know nothing before anything left', () => {
    expect(uploadFigures([upload({ state: 'cancelled' }), upload({ state: 'failed' }), upload({})], 5_000)).toEqual({
      count: 1,
      done: 0,
      bytes: 100,
      sent: 0,
      bytesPerSecond: null,
      leftMs: null,
    });
  });
});

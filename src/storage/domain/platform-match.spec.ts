import { describe, expect, it } from '@jest/globals';
import { mismatchMessage, mismatchOf, type MismatchReason, type StorageFacts } from './platform-match.js';

const OURS = '5f0c1d9e-0000-7000-8000-000000000001';
const OTHER = '5f0c1d9e-0000-7000-8000-000000000002';
const running: StorageFacts = {
  platformId: OURS,
  generation: 12n,
  knowsCars: true,
  folder: OURS,
  place: OURS,
  seenGeneration: 12n,
  restoring: null,
  missingAccepted: false,
  knownFiles: 40,
  unknownFiles: 0,
  expectedFiles: 38,
  missingFiles: 0,
};
/** What the release before had: no marks anywhere. */
const unmarked = { folder: null, place: null, seenGeneration: null };

describe('a data folder and its database', () => {
  it.each<[string, Partial<StorageFacts>]>([
    ['as they were left', {}],
    ['of the release that wrote no marks', unmarked],
    ['both new', { ...unmarked, knowsCars: false, knownFiles: 0, expectedFiles: 0, generation: 0n }],
    ['a new folder, as a second node of a database has', { ...unmarked, knownFiles: 0, expectedFiles: 0 }],
    ['the database counted on by another node', { generation: 900n }],
    ['one file that no row knows', { unknownFiles: 1 }],
    ['one in a hundred files that no row knows', { knownFiles: 1_000, unknownFiles: 10 }],
    ['one file that is missing, the only one', { knownFiles: 0, expectedFiles: 1, missingFiles: 1 }],
    ['half of the files missing', { expectedFiles: 38, missingFiles: 19 }],
    ['all files missing, by the word of an operator', { missingFiles: 38, place: null, missingAccepted: true }],
    ['the mark of the place gone, and no file', { place: null }],
  ])('go together: %s', (_name, change) => {
    expect(mismatchOf({ ...running, ...change })).toBeNull();
  });

  it.each<[MismatchReason, string, Partial<StorageFacts>]>([
    ['other-platform', 'a database that was laid out anew', { platformId: OTHER, knowsCars: false, generation: 0n }],
    ['other-platform', 'another one with CARs of its own', { platformId: OTHER }],
    ['other-place', 'a disk with the CARs of another platform', { place: OTHER }],
    ['older-database', 'a database of last week', { generation: 7n }],
    [
      'rows-lost',
      'an empty database behind a folder without marks',
      { ...unmarked, knowsCars: false, unknownFiles: 1 },
    ],
    ['rows-lost', 'tables that somebody emptied', { knowsCars: false, knownFiles: 0, unknownFiles: 1 }],
    ['unknown-cars', 'two CARs that it does not know', { knownFiles: 3, unknownFiles: 2 }],
    ['place-missing', 'a disk that is not mounted', { place: null, expectedFiles: 1, missingFiles: 1 }],
    ['files-lost', 'both files missing', { knownFiles: 0, expectedFiles: 2, missingFiles: 2 }],
    ['files-lost', 'most files missing', { expectedFiles: 38, missingFiles: 20 }],
    ['restore-unfinished', 'half a restore', { restoring: 'dump' }],
    ['unknown-cars', 'rows lost, though files may be missing', { unknownFiles: 9, missingAccepted: true }],
  ])('are refused as %s: %s', (reason, _name, change) => {
    const facts = { ...running, ...change };
    expect(mismatchOf(facts)).toBe(reason);
    const message = mismatchMessage(reason, facts, '/data');
    expect(message).toContain('/data');
    expect(message).toContain('Nothing was changed.');
    expect(message).toMatch(/npm run cli -- (storage:adopt|restore)/);
  });

  it('name the way back from lost rows, and the files that are missing', () => {
    const lost = { ...running, knowsCars: false, unknownFiles: 3 };
    expect(mismatchMessage('rows-lost', lost, '/data')).toContain('npm run cli -- storage:rebuild');
    expect(mismatchMessage('files-lost', { ...running, missingFiles: 30 }, '/data')).toContain('30 of the 38');
  });
});

import { describe, expect, it } from '@jest/globals';
import { explainDiskError, LaunchRefused } from './launch.errors.js';
import { parseOptions } from './launch-options.js';

describe('the words after npm start --', () => {
  it('are none by default: with the devnet', () => {
    expect(parseOptions([])).toEqual({ help: false, devnet: true, devnetMiners: 12, devnetArgs: [] });
  });

  it('leave the devnet out when asked to', () => {
    expect(parseOptions(['--no-devnet']).devnet).toBe(false);
  });

  it('say how the devnet runs', () => {
    expect(parseOptions(['--devnet-epoch-ms', '200', '--devnet-seed', '7']).devnetArgs).toEqual([
      '--seed',
      '7',
      '--epoch-ms',
      '200',
    ]);
    expect(parseOptions(['--devnet-miners', '20']).devnetMiners).toBe(20);
  });

  it('are refused with the list of words when they mean nothing', () => {
    expect(() => parseOptions(['--no-devnett'])).toThrow(/--no-devnett.*npm start \[-- options\]/s);
  });
});

describe('a disk that does not play along', () => {
  const failure = (code: string): Error => Object.assign(new Error(code), { code, path: '/somewhere' });

  it.each([
    ['EACCES', /No permission to write \/somewhere/],
    ['EROFS', /read-only/],
    ['ENOSPC', /full/],
    ['ENOTDIR', /in the way/],
  ])('is explained with what to do about it (%s)', (code, words) => {
    const explained = explainDiskError(failure(code), '/data');
    expect(explained).toBeInstanceOf(LaunchRefused);
    expect(explained.message).toMatch(words);
    expect(explained.message).toContain('TIDEWATER_DATA');
  });

  it.each([
    ['PostgreSQL', Object.assign(new Error('could not extend file "base/5/1249"'), { code: '53100' })],
    [
      'initdb',
      new Error(
        'PostgreSQL did not start:\nFATAL:  could not write to file "pg_wal/xlogtemp.3720": No space left on device',
      ),
    ],
    ["the admin's key", new LaunchRefused('The first admin could not be made: ENOSPC: no space left on device, write')],
  ])('is explained in one sentence when %s finds it full', (_who, error) => {
    const explained = explainDiskError(error, '/data');
    expect(explained).toBeInstanceOf(LaunchRefused);
    expect(explained.message).toMatch(/^The disk that holds \/data is full/);
    expect(explained.message).not.toContain('\n');
  });

  it('keeps an unknown error as it is', () => {
    const unknown = failure('EWHAT');
    expect(explainDiskError(unknown, '/data')).toBe(unknown);
  });
});

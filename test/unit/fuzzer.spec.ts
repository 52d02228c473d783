import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface Result {
  inputs: number;
  targets: Record<string, { inputs: number; failures: { failure: string; bytes: number; path: string }[] }>;
}

/** A parser with three faults: no name for a bad end, no end for a length of zero, and a length that is believed. */
const PLANTED = `
class Refused extends Error {}
export const target = {
  weight: 1,
  corpus: async () => [Uint8Array.from([3, 65, 66, 67, 1, 68, 0x2e])],
  isNamed: (error) => error instanceof Refused,
  run(bytes) {
    for (let at = 0; at < bytes.length; ) {
      if (bytes[at] === 0x2e) return;
      if (FAULT === 'hang' && bytes[at] === 0) continue;
      if (FAULT === 'memory' && bytes[at] === 0xff) for (const all = []; ; ) all.push(new Array(1e6).fill(at));
      at += 1 + bytes[at];
    }
    if (FAULT === 'name' && bytes.length > 3) throw new TypeError('it has no end, ' + bytes.length);
    throw new Refused('it has no end');
  },
};`;

describe('the fuzzer', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fuzzer-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const fuzz = (fault: string, seed = '1'): { code: number | null; result: Result } => {
    const path = join(folder, `${fault}.mjs`);
    writeFileSync(path, PLANTED.replaceAll('FAULT', `'${fault}'`));
    const args = [
      '--target',
      pathToFileURL(path).href,
      '--inputs',
      '2000',
      '--seed',
      seed,
      '--hang-seconds',
      fault === 'hang' ? '2' : '60',
    ];
    const { status } = spawnSync(process.execPath, ['test/fuzz/run.mjs', ...args, '--out', join(folder, fault)]);
    return { code: status, result: JSON.parse(readFileSync(join(folder, fault, 'result.json'), 'utf8')) as Result };
  };
  const failuresOf = ({ result }: ReturnType<typeof fuzz>) => Object.values(result.targets)[0]!.failures;

  it('lets a parser pass that refuses by name', () => {
    const { code, result } = fuzz('none');
    expect([code, result.inputs]).toEqual([0, 2000]);
  }, 60_000);

  it('finds an error without a name, and the smallest input that makes it', () => {
    const run = fuzz('name');
    expect(run.code).toBe(1);
    expect(failuresOf(run)).toMatchObject([{ failure: expect.stringContaining('TypeError'), bytes: 4 }]);
    expect(readFileSync(failuresOf(run)[0]!.path)).toHaveLength(4);
    expect(failuresOf(fuzz('name'))).toEqual(failuresOf(run));
  }, 60_000);

  it('finds an input that never ends, and one that takes all memory', () => {
    expect(failuresOf(fuzz('hang'))).toMatchObject([{ failure: expect.stringContaining('Hang') }]);
    expect(failuresOf(fuzz('memory'))).toMatchObject([{ failure: expect.stringContaining('OUT_OF_MEMORY') }]);
  }, 120_000);
});

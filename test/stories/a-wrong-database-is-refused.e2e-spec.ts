import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from './support/command.js';
import { Platform } from './support/platform.js';

let platform: Platform;
const kept: { cid: string; bytes: Buffer }[] = [];

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
  for (const size of [100, 5_000, 3_000_000]) {
    const bytes = randomBytes(size);
    kept.push({ cid: (await platform.upload(bytes)).cid, bytes });
  }
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

const inData = (...names: string[]) => path.join(platform.dataDir, ...names);
const carFiles = () =>
  readdirSync(inData('cars'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.car'))
    .sort();
const refusal = async (): Promise<string> => {
  await expect(platform.start(60_000)).rejects.toThrow('npm start ended with 1');
  return platform.output;
};
const readAll = async () => {
  for (const { cid, bytes } of kept) {
    const answer = await platform.request('GET', `/ipfs/${cid}`, { key: null });
    expect({ cid, status: answer.status }).toEqual({ cid, status: 200 });
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  }
};

describe('a data folder whose database is another one', () => {
  it('does not start, says what to do, and touches neither a CAR nor the admin key', async () => {
    await platform.stop();
    renameSync(inData('postgres'), inData('postgres-saved'));
    const [files, key] = [carFiles(), readFileSync(inData('admin.key'), 'utf8')];
    expect(files.length).toBeGreaterThanOrEqual(2);
    const words = await refusal();
    expect(words).toContain('npm run cli -- storage:adopt');
    expect(words).toContain('npm run cli -- storage:rebuild');
    expect(carFiles()).toEqual(files);
    expect(readFileSync(inData('admin.key'), 'utf8')).toBe(key);
    await platform.waitGone();
  }, 120_000);

  it('starts as it was with the right one', async () => {
    rmSync(inData('postgres'), { recursive: true });
    renameSync(inData('postgres-saved'), inData('postgres'));
    await platform.start();
    await readAll();
    await platform.stop();
  }, 120_000);

  it('can be read again when its rows are rebuilt, and then refuses the old database', async () => {
    renameSync(inData('postgres'), inData('postgres-saved'));
    const rebuilt = await runCommand(platform, ['storage:rebuild']);
    expect(rebuilt).toMatchObject({ code: 0, output: expect.stringContaining('are not restored') });
    await platform.start();
    await readAll();
    await platform.stop();
    renameSync(inData('postgres'), inData('postgres-rebuilt'));
    renameSync(inData('postgres-saved'), inData('postgres'));
    expect(await refusal()).toContain('is older than the data folder');
  }, 180_000);
});

import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrivateKeyFile } from './private-key-file.js';

describe('a key file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidewater-key-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is absent until written, then holds the token, readable by its owner alone', async () => {
    const file = new PrivateKeyFile(path.join(folder, 'deep', 'admin.key'));
    expect(await file.read()).toBeNull();
    await file.write('a-token');
    expect(await file.read()).toBe('a-token');
    expect((await stat(path.join(folder, 'deep', 'admin.key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(path.join(folder, 'deep'))).toEqual(['admin.key']);
  });

  it('is replaced as a whole, and a file that anybody could read does not stay so', async () => {
    const target = path.join(folder, 'open.key');
    await writeFile(target, 'an older and longer token', { mode: 0o644 });
    await new PrivateKeyFile(target).write('new');
    expect(await new PrivateKeyFile(target).read()).toBe('new');
    expect((await stat(target)).mode & 0o777).toBe(0o600);
  });
});

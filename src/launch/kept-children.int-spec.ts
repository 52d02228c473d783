import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';

describe('children that are kept', () => {
  it('stand in the file while they run', async () => {
    const { KeptChildren } = await import('./kept-children.js');
    const folder = mkdtempSync(join(tmpdir(), 'kept-'));
    const children = new KeptChildren(join(folder, 'processes.json'));
    children.add('me', process.pid);
    expect(JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'))).toMatchObject({
      me: { pid: process.pid },
    });
    children.remove('me');
    expect(JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'))).toEqual({});
    rmSync(folder, { recursive: true });
  });

  it('are kept running when a full disk cannot take down who they are; other failures are told', async () => {
    let code = 'ENOSPC';
    jest.unstable_mockModule('./data-folder.js', () => ({
      readJson: () => ({}),
      writeJson: () => {
        throw Object.assign(new Error('no'), { code });
      },
    }));
    jest.resetModules();
    const { KeptChildren } = await import('./kept-children.js');
    const children = new KeptChildren('/nowhere/processes.json');
    expect(() => children.add('me', process.pid)).not.toThrow();
    expect(() => children.remove('me')).not.toThrow();
    code = 'EACCES';
    expect(() => children.add('me', process.pid)).toThrow('no');
  });
});

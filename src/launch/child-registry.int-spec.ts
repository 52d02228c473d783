import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';

describe('the registry of children', () => {
  it('has them in its file while they run', async () => {
    const { ChildRegistry } = await import('./child-registry.js');
    const folder = mkdtempSync(join(tmpdir(), 'kept-'));
    const children = new ChildRegistry(join(folder, 'processes.json'));
    children.add('me', process.pid);
    expect(JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'))).toMatchObject({
      me: { pid: process.pid },
    });
    children.remove('me');
    expect(JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'))).toEqual({});
    rmSync(folder, { recursive: true });
  });

  it('leaves them running when a full disk cannot take down who they are; other failures are told', async () => {
    let code = 'ENOSPC';
    jest.unstable_mockModule('./data-folder.js', () => ({
      readJson: () => ({}),
      writeJson: () => {
        throw Object.assign(new Error('no'), { code });
      },
    }));
    jest.resetModules();
    const { ChildRegistry } = await import('./child-registry.js');
    const children = new ChildRegistry('/nowhere/processes.json');
    expect(() => children.add('me', process.pid)).not.toThrow();
    expect(() => children.remove('me')).not.toThrow();
    code = 'EACCES';
    expect(() => children.add('me', process.pid)).toThrow('no');
  });
});

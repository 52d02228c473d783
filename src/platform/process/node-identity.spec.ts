import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppConfig } from '../../config/index.js';
import { NodeIdentity } from './node-identity.js';

describe('the identity of a node', () => {
  let folder: string;
  const identity = () => new NodeIdentity(AppConfig.parse({ DATABASE_URL: 'postgres://x', TIDEWATER_DATA: folder }));

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidewater-node-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once and kept by the data folder', () => {
    const first = identity().id;
    expect(first).toMatch(/^node-[0-9a-f]{16}$/);
    expect(identity().id).toBe(first);
    expect(readFileSync(path.join(folder, 'node-id'), 'utf8')).toBe(`${first}\n`);
    expect(readdirSync(folder)).toEqual(['node-id']);
  });

  it('differs from that of another folder, also of one that does not exist yet', () => {
    const other = new NodeIdentity(
      AppConfig.parse({ DATABASE_URL: 'postgres://x', TIDEWATER_DATA: path.join(folder, 'not', 'there') }),
    );
    expect(other.id).not.toBe(identity().id);
  });

  it('is the name that an operator gave it', () => {
    writeFileSync(path.join(folder, 'node-id'), 'rack-7-b\n');
    expect(identity().processName('worker')).toBe('rack-7-b/worker');
  });

  it.each(['', 'two words', 'a/b', 'UPPER', '-begins', 'x'.repeat(64)])('is never %j', (text) => {
    writeFileSync(path.join(folder, 'node-id'), text);
    expect(() => identity().id).toThrow('has to hold the name of this node');
  });

  it('is not made before somebody asks for it', () => {
    identity();
    expect(readdirSync(folder)).toEqual([]);
  });
});

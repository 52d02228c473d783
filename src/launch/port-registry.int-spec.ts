import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { reservePort } from './free-port.js';
import { PortRegistry } from './port-registry.js';

describe('the ports of the inner services', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ports-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const registry = () => new PortRegistry(join(folder, 'ports.json'));

  it('are different ones, and the same again at the next start', async () => {
    const ports = await registry().choose(['devnet', 'worker', 'libp2p']);
    expect(new Set(ports).size).toBe(3);
    expect(await registry().choose(['devnet', 'worker', 'libp2p'])).toEqual(ports);
  });

  it('are others where somebody has taken them meanwhile', async () => {
    const [devnet = 0, worker] = await registry().choose(['devnet', 'worker']);
    const release = await reservePort(devnet, '127.0.0.1');
    const again = await registry().choose(['devnet', 'worker']);
    await release();
    expect(again[0]).not.toBe(devnet);
    expect(again[1]).toBe(worker);
  });

  it('are chosen anew where the file says nothing sensible', async () => {
    writeFileSync(join(folder, 'ports.json'), '{"devnet":"yes","worker":null}');
    const ports = await registry().choose(['devnet', 'worker']);
    expect(ports.every((port) => port > 0)).toBe(true);
  });
});

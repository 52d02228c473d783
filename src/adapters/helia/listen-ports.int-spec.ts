import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BlockMap } from '../../network/testing/block-map.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { HeliaNode } from './helia-node.js';
import { ListenPorts } from './listen-ports.js';

const ANY = '/ip4/127.0.0.1/tcp/0';

describe('the port that a node keeps', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ports-'));
    file = path.join(folder, 'listen.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const freePort = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('is the one of the last start', async () => {
    const port = await freePort();
    await new ListenPorts(file).remember([ANY, '/ip4/127.0.0.1/tcp/4001'], [`/ip4/127.0.0.1/tcp/${port}/p2p/x`]);
    expect(await new ListenPorts(file).recall([ANY, '/ip4/127.0.0.1/tcp/4001'])).toEqual([
      `/ip4/127.0.0.1/tcp/${port}`,
      '/ip4/127.0.0.1/tcp/4001',
    ]);
  });

  it('is given up for a new one when somebody else has taken it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new ListenPorts(file).remember([ANY], [`/ip4/127.0.0.1/tcp/${port}`]);
    expect(await new ListenPorts(file).recall([ANY])).toEqual([ANY]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is given up likewise when somebody takes it after it was looked at; one that was asked for is not', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const taken = `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`;
    const nodeAt = (listen: string) =>
      new HeliaNode({
        folder: path.join(folder, 'node'),
        blocks: new BlockMap(),
        listen: [listen],
        announce: [],
        policy: AddressPolicy.PRIVATE_TOO,
      });
    jest.spyOn(ListenPorts.prototype, 'recall').mockResolvedValueOnce([taken]);
    const node = nodeAt(ANY);
    await node.start();
    expect(node.addresses()).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//)]);
    await node.stop();
    const strict = nodeAt(taken);
    await expect(strict.start()).rejects.toThrow();
    await strict.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is not known when there is no file, or one that makes no sense', async () => {
    expect(await new ListenPorts(file).recall([ANY])).toEqual([ANY]);
    for (const text of ['', 'nonsense', '{"a":"b"}', '{"/ip4/127.0.0.1/tcp/0":70000}']) {
      await writeFile(file, text);
      expect(await new ListenPorts(file).recall([ANY])).toEqual([ANY]);
    }
  });
});

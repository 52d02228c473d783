import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CID } from 'multiformats/cid';
import type { FetchOptions } from '../../network/index.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { KuboCommands } from './kubo-commands.js';
import { KuboIpfsNode } from './kubo-ipfs-node.js';

const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';

/** As much of a Kubo as these tests need, and as faulty as they want it. */
class SmallKubo {
  readonly blocks = new BlockMap();
  readonly asked: string[] = [];
  addresses = ['/ip4/127.0.0.1/tcp/4001'];
  /** Takes the place of the usual answer while it returns true. */
  fault: (command: string, answer: ServerResponse) => boolean = () => false;
  private server = createServer();
  private port = 0;

  async up(): Promise<void> {
    this.server = createServer((query, answer) => void this.answer(query, answer));
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private async answer(query: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(query.url ?? '/', this.url);
    const command = pathname.replace('/api/v0/', '');
    const arg = searchParams.get('arg') ?? '';
    this.asked.push(`${command} ${arg}`.trim());
    if (this.fault(command, answer)) return;
    const json = (value: unknown, status = 200) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (command === 'id')
      json({
        ID: PEER,
        AgentVersion: 'kubo/small',
        Addresses: this.addresses.map((address) => `${address}/p2p/${PEER}`),
        Protocols: [],
        PublicKey: '',
      });
    else if (command === 'swarm/connect') json({ Strings: ['connect success'] });
    else if (command === 'block/get') {
      const held = this.blocks.entries().find(({ cid }) => cid.toString() === arg);
      if (held) answer.end(held.bytes);
    } else json({ Message: 'not pinned or pinned indirectly', Code: 0, Type: 'error' }, 500);
  }
}

describe('fetching through a Kubo that has its days', () => {
  let kubo: SmallKubo;
  let commands: KuboCommands;
  beforeEach(async () => {
    kubo = new SmallKubo();
    await kubo.up();
    commands = new KuboCommands({ url: kubo.url });
  });
  afterEach(async () => {
    await commands.close();
    await kubo.down();
  });
  const node = (policy?: AddressPolicy) => new KuboIpfsNode(commands, policy ? { policy } : {});
  const fetchAll = async (root: CID, options: Partial<FetchOptions> = {}, from = node()) => {
    let blocks = 0;
    for await (const { cid } of from.fetch(root, {
      origins: [],
      signal: AbortSignal.timeout(20_000),
      have: () => Promise.resolve(null),
      ...options,
    }))
      blocks += cid ? 1 : 0;
    return blocks;
  };
  const file = (mib = 3) => kubo.blocks.import([{ content: randomBytes(mib * 1024 ** 2) }]);

  it('never takes bytes for a block that they are not', async () => {
    const root = await file();
    kubo.fault = (command, answer) => {
      if (command !== 'block/get') return false;
      answer.end('something else');
      return true;
    };
    await expect(fetchAll(root)).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_WRONG_BYTES', retryable: true });
  });

  it('asks again when an answer broke off, and gives up with a name where it always does', async () => {
    const root = await file();
    let times = 0;
    const cut = (most: number) => (command: string, answer: ServerResponse) => {
      if (command !== 'block/get' || times >= most) return false;
      times += 1;
      answer.writeHead(200, { trailer: 'X-Stream-Error' }).write('half');
      answer.addTrailers({ 'X-Stream-Error': 'repo is busy' });
      answer.end();
      return true;
    };
    kubo.fault = cut(2);
    expect(await fetchAll(root)).toBe(4);
    kubo.fault = cut(Infinity);
    await expect(fetchAll(root)).rejects.toMatchObject({
      code: 'ERR_IPFS_NODE_REFUSED',
      message: 'the IPFS node refused block/get: repo is busy',
    });
  }, 30_000);

  it('waits while Kubo is away, in the middle of a DAG too, and goes on when it is back', async () => {
    const root = await file(6);
    const origins = [`/ip4/8.8.8.8/tcp/4002/p2p/${PEER}`];
    await kubo.down();
    const all = fetchAll(root, { origins });
    setTimeout(() => void kubo.up(), 700);
    let answers = 0;
    kubo.fault = (command) => {
      if (command !== 'block/get' || ++answers !== 4) return false;
      void kubo.down().then(() => setTimeout(() => void kubo.up(), 700));
      return true;
    };
    expect(await all).toBe(7);
    expect(kubo.asked.filter((line) => line.startsWith('swarm/connect')).length).toBeGreaterThanOrEqual(2);
  }, 30_000);

  it('tells the origins that may be dialled: inside only what the operator opened, wherever Kubo itself listens', async () => {
    const root = await new BlockMap().import([{ content: randomBytes(100) }]);
    const origins = [
      '/ip4/192.168.1.1/tcp/4001',
      '/ip4/8.8.8.8/tcp/4001',
      '/ip4/8.8.8.8/udp/4001/quic-v1',
      '/ip4/127.0.0.1/tcp/22',
    ].map((address, n) => `${address}/p2p/${PEER.slice(0, -1)}${'fghi'[n]}`);
    /** Waits for so many sources, and a moment longer: there might be more. */
    const connected = async (expected: number, policy?: AddressPolicy) => {
      kubo.asked.length = 0;
      let sources = 0;
      const stop = new AbortController();
      const waiting = fetchAll(
        root,
        {
          origins,
          signal: stop.signal,
          onSources: (now) => {
            sources = now;
          },
        },
        node(policy),
      ).catch(() => undefined);
      for (let tries = 0; sources < expected && tries < 100; tries++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise((resolve) => setTimeout(resolve, 200));
      stop.abort(new Error('enough'));
      await waiting;
      return {
        told: kubo.asked
          .filter((line) => line.startsWith('swarm/connect'))
          .map((line) => line.split('/')[3])
          .sort(),
        sources,
      };
    };
    expect(await connected(2)).toEqual({ told: ['8.8.8.8', '8.8.8.8'], sources: 2 });
    expect(await connected(4, AddressPolicy.PRIVATE_TOO)).toEqual({
      told: ['127.0.0.1', '192.168.1.1', '8.8.8.8', '8.8.8.8'],
      sources: 4,
    });
    const opened = new AddressPolicy(['192.168.0.0/16:4001']);
    expect(await connected(3, opened)).toEqual({ told: ['192.168.1.1', '8.8.8.8', '8.8.8.8'], sources: 3 });
  }, 20_000);

  it('tells addresses that others can dial, public ones alone where there are any, and the last known while Kubo is away', async () => {
    kubo.addresses = [
      '/ip4/127.0.0.1/tcp/4001',
      '/ip4/8.8.8.8/udp/4001/quic-v1',
      '/ip4/8.8.8.8/tcp/4001',
      '/ip4/10.0.0.1/tcp/4001',
    ];
    const here = node();
    const expected = [`/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`, `/ip4/8.8.8.8/udp/4001/quic-v1/p2p/${PEER}`];
    expect(await here.addresses()).toEqual(expected);
    await kubo.down();
    expect(await here.addresses()).toEqual(expected);
    await expect(here.refresh(AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_UNREACHABLE' });
    await expect(node().addresses()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_UNREACHABLE' });
    await kubo.up();
  });
});

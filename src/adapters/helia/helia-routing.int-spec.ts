import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import type { BlockMap } from '../../network/testing/block-map.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { HttpRouter, type FoundPeer } from './http-router.js';
import { fetchAll, HeliaPeers } from './testing/helia-peers.js';

const MIB = 1024 ** 2;
const STRANGER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';
const randomRoot = async () => CID.createV1(raw.code, await sha256.digest(randomBytes(16)));

describe('Helia and routing', () => {
  let peers: HeliaPeers;
  const servers: Server[] = [];
  beforeAll(async () => {
    peers = await HeliaPeers.create();
  });
  afterAll(() => peers.close());
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  /**
   * A gateway over somebody's blocks, as https://specs.ipfs.tech/http-gateways/trustless-gateway/ has it; `spoil` makes
   * it lie.
   */
  const gateway = (blocks: BlockMap, asked: string[] = [], spoil = (bytes: Uint8Array) => bytes) =>
    serve((request, response) => {
      const url = new URL(request.url ?? '/', 'http://gateway');
      asked.push(url.pathname + url.search);
      void blocks.get(CID.parse(url.pathname.split('/')[2] ?? '')).then((bytes) => {
        response
          .writeHead(bytes ? 200 : 404, { 'content-type': 'application/vnd.ipld.raw' })
          .end(bytes ? spoil(bytes) : undefined);
      });
    });

  describe('a DHT', () => {
    it('leads from one node to another that it never heard of', async () => {
      const meeting = await peers.start({ dht: 'lan' });
      const routing = { dht: 'lan', bootstrap: [meeting.address] } as const;
      const [giver, taker] = [await peers.start(routing), await peers.start(routing)];
      const root = await giver.blocks.import([{ content: randomBytes(5 * MIB) }]);
      expect(await giver.node.announce(root, AbortSignal.timeout(20_000))).toEqual({ routing: ['dht'] });
      const sources: number[] = [];
      expect(await fetchAll(taker.node, root, { onSources: (count) => sources.push(count) })).toBe(6);
      expect(sources.at(-1)).toBeGreaterThan(0);
    }, 60_000);

    it('that nobody else is in is no announcement', async () => {
      const alone = await peers.start({ dht: 'lan' });
      await expect(alone.node.announce(await randomRoot(), AbortSignal.timeout(1_000))).rejects.toThrow();
    });

    it('is told again by our schedule alone: nothing is left behind that would be announced again', async () => {
      const meeting = await peers.start({ dht: 'lan' });
      const { helia, node } = await peers.start({ dht: 'lan', bootstrap: [meeting.address] });
      const root = await randomRoot();
      await node.announce(root, AbortSignal.timeout(20_000));
      const saidBy = new Set<string>();
      for await (const event of helia.libp2p.services.dht!.findProviders(root, {
        signal: AbortSignal.timeout(10_000),
      })) {
        if (event.name === 'PROVIDER') saidBy.add(event.from.toString());
      }
      // The peer that was told; our own datastore, from which kad-dht announces by itself, knows nothing of it.
      expect([...saidBy]).toEqual([meeting.helia.peerId]);
      await node.stopProviding(root);
      await node.stopProviding(root);
    }, 60_000);
  });

  describe('delegated routing', () => {
    it('leads to a peer that nobody named as origin', async () => {
      const giver = await peers.start();
      const root = await giver.blocks.import([{ content: randomBytes(2 * MIB) }]);
      const asked: string[] = [];
      const router = await serve((request, response) => {
        asked.push(request.url ?? '');
        const record = {
          Schema: 'peer',
          ID: giver.helia.peerId,
          Addrs: [giver.address.replace(/\/p2p\/.*$/, '')],
          Protocols: ['transport-bitswap'],
        };
        response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(`${JSON.stringify(record)}\n`);
      });
      const taker = await peers.start({ delegated: [router] });
      expect(await fetchAll(taker.node, root)).toBe(3);
      // For the root, not for every block.
      expect(asked.map((url) => url.split('?')[0])).toEqual([`/routing/v1/providers/${root.toString()}`]);
    }, 60_000);

    it('leads nowhere inside while private addresses are not dialled: an origin, a provider or a peer of the DHT', async () => {
      const called: string[] = [];
      const inside = createTcpServer((socket) => {
        called.push(socket.remoteAddress ?? '');
        socket.destroy();
      });
      await new Promise<void>((resolve) => {
        inside.listen(0, '127.0.0.1', resolve);
      });
      const address = `/ip4/127.0.0.1/tcp/${(inside.address() as AddressInfo).port}`;
      const asked: string[] = [];
      const router = await serve((request, response) => {
        asked.push(request.url ?? '');
        const record = {
          Schema: 'peer',
          ID: STRANGER,
          Addrs: [address, address.replace('ip4/127.0.0.1', 'dns4/localhost')],
          Protocols: ['transport-bitswap'],
        };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ Providers: [record] }));
      });
      const careful = await peers.start({ delegated: [router] }, { policy: AddressPolicy.PUBLIC_ONLY, quietMs: 200 });
      await expect(
        fetchAll(careful.node, await randomRoot(), {
          origins: [`${address}/p2p/${STRANGER}`],
          signal: AbortSignal.timeout(1_500),
        }),
      ).rejects.toThrow();
      const { libp2p } = careful.helia;
      await expect(libp2p.dial(multiaddr(`${address}/p2p/${STRANGER}`))).rejects.toThrow();
      // What a peer says of itself when it calls us is written down, and dialled by its id.
      await libp2p.peerStore.merge(peerIdFromString(STRANGER), { multiaddrs: [multiaddr(address)] });
      await expect(libp2p.dial(peerIdFromString(STRANGER))).rejects.toThrow('denied');
      // A name that leads to a name that leads inside.
      const answers: Record<string, string[]> = {
        '_dnsaddr.a.example': [`/dnsaddr/b.example/p2p/${STRANGER}`],
        '_dnsaddr.b.example': [
          `${address}/p2p/${STRANGER}`,
          `${address.replace('ip4/127.0.0.1', 'dns4/localhost')}/p2p/${STRANGER}`,
        ],
      };
      const names: string[] = [];
      const dns = {
        query: (name: string) => {
          names.push(name);
          return Promise.resolve({ Answer: (answers[name] ?? []).map((data) => ({ data: `dnsaddr=${data}` })) });
        },
      };
      Reflect.set(Reflect.get(libp2p, 'components') as object, 'dns', dns);
      await expect(libp2p.dial(multiaddr(`/dnsaddr/a.example/p2p/${STRANGER}`))).rejects.toThrow('denied');
      expect(names).toEqual(Object.keys(answers));
      inside.close();
      expect(asked.length).toBeGreaterThan(0);
      expect(called).toEqual([]);
    }, 60_000);

    it('is not followed elsewhere, not read to the end where there is none, and its nonsense is passed over', async () => {
      const inside: string[] = [];
      const secret = await serve((request, response) => {
        inside.push(request.url ?? '');
        response.end('{}');
      });
      const ask = async (answer: (response: ServerResponse) => void) => {
        const router = new HttpRouter(await serve((_, response) => answer(response)));
        const found: FoundPeer[] = [];
        for await (const peer of router.providers(await randomRoot(), AbortSignal.timeout(10_000))) found.push(peer);
        return found;
      };
      await expect(ask((response) => response.writeHead(302, { location: secret }).end())).rejects.toThrow();
      await expect(ask((response) => response.writeHead(307, { location: secret }).end())).rejects.toThrow();
      expect(inside).toEqual([]);
      const lines = { 'content-type': 'application/x-ndjson' };
      const endless = (response: ServerResponse) => {
        response.writeHead(200, lines);
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      };
      await expect(ask(endless)).rejects.toThrow('does not come to an end');
      const endlessId = { Schema: 'peer', ID: 'zQ'.repeat(250_000) };
      const odd = [
        endlessId,
        { Schema: 'peer', ID: 'nobody' },
        { Schema: 'other' },
        7,
        null,
        { Schema: 'bitswap', ID: STRANGER },
      ];
      expect(
        await ask((response) => response.writeHead(200, lines).end(odd.map((one) => JSON.stringify(one)).join('\n'))),
      ).toEqual([{ id: STRANGER, addresses: [] }]);
      expect(await ask((response) => response.writeHead(404).end('{}'))).toEqual([]);
    });

    it('that fails or answers nonsense is no failure of the fetch', async () => {
      const giver = await peers.start();
      const root = await giver.blocks.import([{ content: randomBytes(100) }]);
      const urls = await Promise.all(
        [500, 200].map((status) =>
          serve((_, response) => {
            response.writeHead(status, { 'content-type': 'application/json' }).end('{{');
          }),
        ),
      );
      const taker = await peers.start({ delegated: urls }, { quietMs: 300 });
      setTimeout(() => void taker.helia.libp2p.dial(giver.helia.libp2p.getMultiaddrs()), 500);
      expect(await fetchAll(taker.node, root)).toBe(1);
    }, 60_000);
  });

  describe('trustless gateways', () => {
    it('give what no peer has', async () => {
      const far = await peers.start();
      const root = await far.blocks.import([{ content: randomBytes(3 * MIB) }]);
      const asked: string[] = [];
      const taker = await peers.start({ gateways: [await gateway(far.blocks, asked)] }, { bitswapFirstMs: 100 });
      expect(await fetchAll(taker.node, root)).toBe(4);
      expect(asked[0]).toBe(`/ipfs/${root.toString()}?format=raw`);
    }, 60_000);

    it('that lie are refused by hash, and the next one is asked', async () => {
      const far = await peers.start();
      const root = await far.blocks.import([{ content: randomBytes(2 * MIB) }]);
      const lies: string[] = [];
      const liar = await gateway(far.blocks, lies, (bytes) => Buffer.concat([bytes.subarray(1), Buffer.from('x')]));
      const taker = await peers.start({ gateways: [liar, await gateway(far.blocks)] }, { bitswapFirstMs: 100 });
      expect(await fetchAll(taker.node, root)).toBe(3);
      // Once caught, it is left alone.
      expect(lies).toHaveLength(1);
    }, 60_000);

    it('are not troubled while a peer sends blocks, and lead nowhere else', async () => {
      const giver = await peers.start();
      const root = await giver.blocks.import([{ content: randomBytes(8 * MIB) }]);
      const asked: string[] = [];
      const inside: string[] = [];
      const secret = await serve((request, response) => {
        inside.push(request.url ?? '');
        response.end('secret');
      });
      const honest = await gateway(giver.blocks, asked);
      const astray = await serve((_, response) => {
        response.writeHead(302, { location: secret }).end();
      });
      const taker = await peers.start({ gateways: [honest] });
      expect(await fetchAll(taker.node, root, { origins: [giver.address] })).toBe(9);
      expect(asked).toEqual([]);
      const lured = await peers.start({ gateways: [astray, honest] }, { bitswapFirstMs: 100 });
      expect(await fetchAll(lured.node, root)).toBe(9);
      expect(inside).toEqual([]);
    }, 60_000);
  });
});

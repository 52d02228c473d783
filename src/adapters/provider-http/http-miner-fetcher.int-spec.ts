import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeMinerFetcherContract, type MinerManner } from '../../retrieval/testing/miner-fetcher.contract.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { HttpMinerFetcher } from './http-miner-fetcher.js';

async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ server: Server; url: string }> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

describeMinerFetcherContract('over HTTP', async (_dag, car) => {
  const { server, url } = await listen((request, response) => {
    const [, manner, kind] = (request.url ?? '').split('/');
    if (manner === 'empty-handed') return void response.writeHead(404).end('no such thing');
    if (manner === 'sealed') return void response.writeHead(402).end('{"error":"sealed-only"}');
    if (kind === 'piece') {
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      const part = car.subarray(Number(start), Number(end) + 1);
      return void response
        .writeHead(206, { 'content-range': `bytes ${start}-${end}/${car.length}`, 'content-length': part.length })
        .end(part);
    }
    response.writeHead(200, { 'content-type': 'application/vnd.ipld.car' });
    if (manner === 'lying')
      return void response.end(Uint8Array.from(car, (byte, index) => (index === 100_000 ? byte ^ 1 : byte)));
    if (manner === 'cutting') return void response.write(car.subarray(0, 100_000), () => response.destroy());
    response.end(car);
  });
  return {
    fetcher: new HttpMinerFetcher({ policy: AddressPolicy.PRIVATE_TOO }),
    urlOf: (manner: MinerManner) => (manner === 'gone' ? 'http://127.0.0.1:1' : `${url}/${manner}/`),
    close: () => close(server),
  };
});

describe('miners over HTTP', () => {
  let world: { server: Server; url: string };
  const hits: string[] = [];
  beforeAll(async () => {
    world = await listen((request, response) => {
      hits.push(request.url ?? '');
      const [, manner] = (request.url ?? '').split('/');
      if (manner === 'silent') return;
      if (manner === 'redirect') return void response.writeHead(302, { location: `${world.url}/elsewhere/` }).end();
      if (manner === 'broken') return void response.writeHead(500).end('boom'.repeat(10_000));
      if (manner === 'whole') return void response.writeHead(200).end(Buffer.from('0123456789'));
      if (manner === 'shifted') return void response.writeHead(206, { 'content-range': 'bytes 0-1/10' }).end('01');
      response.writeHead(200);
      if (manner === 'stalling') return void response.write('begun');
      if (manner === 'trickling') {
        const timer = setInterval(() => response.write('x'), 20);
        response.once('close', () => clearInterval(timer));
      }
    });
  });
  afterAll(() => close(world.server));

  const lenient = () => ({ signal: new AbortController().signal, idleMs: 300 });
  const take = async (source: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of source) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  const car = (manner: string, fetcher = new HttpMinerFetcher({ policy: AddressPolicy.PRIVATE_TOO })) =>
    take(fetcher.car(`${world.url}/${manner}`, 'bafkqaaa', lenient()));
  const piece = (manner: string, offset: number, length: number) =>
    take(
      new HttpMinerFetcher({ policy: AddressPolicy.PRIVATE_TOO }).piece(
        `${world.url}/${manner}`,
        'baga',
        { offset, length },
        lenient(),
      ),
    );

  it.each([
    ['silent', 'timeout'],
    ['stalling', 'timeout'],
    ['redirect', 'http-status'],
    ['broken', 'http-status'],
  ])('a %s one fails as %s', async (manner, reason) => {
    await expect(car(manner)).rejects.toMatchObject({ reason });
    expect(hits.some((url) => url.startsWith('/elsewhere'))).toBe(false);
  });

  it('one that ignores ranges is read past what comes before', async () => {
    expect(await piece('whole', 3, 4)).toBe('3456');
    await expect(piece('whole', 8, 4)).rejects.toMatchObject({ reason: 'truncated' });
  });

  it('one that answers with another range is not believed', async () => {
    await expect(piece('shifted', 3, 2)).rejects.toMatchObject({ reason: 'wrong-bytes' });
  });

  it('the caller can give up', async () => {
    const reason = new Error('enough');
    const fetcher = new HttpMinerFetcher({ policy: AddressPolicy.PRIVATE_TOO });
    const signal = AbortSignal.any([AbortSignal.timeout(50)]);
    await expect(
      take(fetcher.car(`${world.url}/trickling`, 'bafkqaaa', { signal, idleMs: 5000 })),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(
      take(fetcher.car(world.url, 'bafkqaaa', { signal: AbortSignal.abort(reason), idleMs: 5000 })),
    ).rejects.toBe(reason);
  });

  it('private addresses are refused where strangers name them', async () => {
    const before = hits.length;
    const guarded = new HttpMinerFetcher({ policy: AddressPolicy.PUBLIC_ONLY });
    await expect(car('whole', guarded)).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('ADDRESS_REFUSED'),
    });
    const named = world.url.replace('127.0.0.1', 'localhost');
    await expect(take(guarded.car(named, 'bafkqaaa', lenient()))).rejects.toMatchObject({ reason: 'unreachable' });
    expect(hits.length).toBe(before);
  });
});

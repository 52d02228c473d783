import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refuseBadUrls, whyLotusIsSilent } from './given-urls.js';

const given = (more: object) => ({ DATABASE_URL: '', DATABASE_OWNER_URL: '', LOTUS_API_URL: '', ...more });

describe('addresses that npm start is given', () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.end(request.url === '/rpc/v1' ? '{"jsonrpc":"2.0","result":{"Version":"1.27"},"id":1}' : '<html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  it('are refused in one sentence when they can never work', () => {
    for (const bad of ['nonsense', 'http://localhost/db', 'localhost:5432/db'])
      expect(() => refuseBadUrls(given({ DATABASE_URL: bad }))).toThrow(/^DATABASE_URL is no address of a PostgreSQL/);
    for (const bad of ['nonsense', '127.0.0.1:1234', 'ftp://a/'])
      expect(() => refuseBadUrls(given({ LOTUS_API_URL: bad }))).toThrow(/^LOTUS_API_URL is no address/);
    refuseBadUrls(given({}));
    refuseBadUrls(given({ DATABASE_URL: 'postgres://a:b@c/d', LOTUS_API_URL: 'wss://lotus.example/rpc/v1' }));
  });

  it('of a Lotus node are asked, and what is wrong there is said', async () => {
    expect(await whyLotusIsSilent(`${url}/rpc/v1`, '')).toBeNull();
    expect(await whyLotusIsSilent(`${url}/`, 'token')).toContain('not as a Lotus node (HTTP 200)');
    expect(await whyLotusIsSilent('http://127.0.0.1:9/', '')).toContain('nobody answers there');
  });
});
